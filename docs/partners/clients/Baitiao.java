import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signing requests to Baitiao and checking its webhooks: Java 11 or later, nothing to install.
 * 为白条接口签名、验证通知：Java 11 以上，无需安装依赖。
 */
public final class Baitiao {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Baitiao() {}

    /** Base64 signature over method, path with raw query, timestamp, nonce, body, each ended by \n. */
    public static String signature(
            String secret, String method, String target, long timestamp, String nonce, byte[] body) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        String head = method + "\n" + target + "\n" + timestamp + "\n" + nonce + "\n";
        message.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        message.writeBytes(body);
        message.write('\n');
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(hmac(key, message.toByteArray()));
    }

    /** The Authorization header; send exactly the bytes of {@code body} that were signed. */
    public static String authorization(
            String keyId, String secret, String method, String target, byte[] body) {
        long timestamp = Instant.now().getEpochSecond();
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        StringBuilder nonce = new StringBuilder();
        for (byte one : random) {
            nonce.append(String.format("%02x", one));
        }
        String signed = signature(secret, method, target, timestamp, nonce.toString(), body);
        return String.format(
                "BT-HMAC-SHA256 key_id=\"%s\",nonce=\"%s\",timestamp=\"%d\",signature=\"%s\"",
                keyId, nonce, timestamp, signed);
    }

    /** Whether a webhook is ours and of the last five minutes; {@code raw} is the body as received. */
    public static boolean isGenuine(
            String secret, String id, String timestamp, String signatures, byte[] raw, long now) {
        if (!timestamp.matches("[0-9]{1,12}") || Math.abs(now - Long.parseLong(timestamp)) > 300) {
            return false;
        }
        String coded = secret.startsWith("whsec_") ? secret.substring(6) : secret;
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        message.writeBytes(raw);
        byte[] wanted = hmac(Base64.getDecoder().decode(coded), message.toByteArray());
        for (String part : signatures.split(" ")) {
            if (!part.startsWith("v1,")) {
                continue;
            }
            try {
                byte[] given = Base64.getDecoder().decode(part.substring(3));
                if (MessageDigest.isEqual(given, wanted)) {
                    return true;
                }
            } catch (IllegalArgumentException unreadable) {
                continue; // another signature may still be ours
            }
        }
        return false;
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (java.security.GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
