// Package baitiao signs requests to Baitiao and checks its webhooks: Go 1.18 or later.
// 为白条接口签名、验证通知：Go 1.18 以上，无需安装依赖。
package baitiao

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Signature is base64 over method, path with raw query, timestamp, nonce and body, each ended by \n.
func Signature(secret, method, target string, timestamp int64, nonce string, body []byte) string {
	message := []byte(fmt.Sprintf("%s\n%s\n%d\n%s\n", method, target, timestamp, nonce))
	message = append(append(message, body...), '\n')
	return base64.StdEncoding.EncodeToString(sum([]byte(secret), message))
}

// Authorization is the header to send with exactly the bytes of body that were signed.
func Authorization(keyID, secret, method, target string, body []byte) (string, error) {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	timestamp, nonce := time.Now().Unix(), hex.EncodeToString(random)
	signed := Signature(secret, method, target, timestamp, nonce, body)
	return fmt.Sprintf(
		`BT-HMAC-SHA256 key_id="%s",nonce="%s",timestamp="%d",signature="%s"`,
		keyID, nonce, timestamp, signed,
	), nil
}

// IsGenuine says whether a webhook is ours and of the last five minutes; raw is the body as received.
func IsGenuine(secret, id, timestamp, signatures string, raw []byte, now int64) bool {
	told, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || told < now-300 || told > now+300 {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	wanted := sum(key, append([]byte(id+"."+timestamp+"."), raw...))
	for _, part := range strings.Split(signatures, " ") {
		given, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(part, "v1,"))
		if strings.HasPrefix(part, "v1,") && err == nil && hmac.Equal(given, wanted) {
			return true
		}
	}
	return false
}

func sum(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}
