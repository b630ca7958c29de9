<?php
// Signing requests to Baitiao and checking its webhooks: PHP 7.4 or later, nothing to install.
// 为白条接口签名、验证通知：PHP 7.4 以上，无需安装依赖。
declare(strict_types=1);

/** Base64 signature over method, path with raw query, timestamp, nonce and body, each ended by \n. */
function baitiao_signature(
    string $secret,
    string $method,
    string $target,
    int $timestamp,
    string $nonce,
    string $body
): string {
    $message = "$method\n$target\n$timestamp\n$nonce\n$body\n";
    return base64_encode(hash_hmac('sha256', $message, $secret, true));
}

/** The Authorization header; send exactly the bytes of $body that were signed. */
function baitiao_authorization(
    string $keyId,
    string $secret,
    string $method,
    string $target,
    string $body
): string {
    $timestamp = time();
    $nonce = bin2hex(random_bytes(16));
    $signed = baitiao_signature($secret, $method, $target, $timestamp, $nonce, $body);
    return "BT-HMAC-SHA256 key_id=\"$keyId\",nonce=\"$nonce\","
        . "timestamp=\"$timestamp\",signature=\"$signed\"";
}

/** Whether a webhook is ours and of the last five minutes; $raw is the body as received. */
function baitiao_is_genuine(
    string $secret,
    string $id,
    string $timestamp,
    string $signatures,
    string $raw,
    ?int $now = null
): bool {
    if (!preg_match('/^[0-9]{1,12}$/D', $timestamp) || abs(($now ?? time()) - (int) $timestamp) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    $wanted = hash_hmac('sha256', "$id.$timestamp.$raw", $key, true);
    foreach (explode(' ', $signatures) as $part) {
        $given = strncmp($part, 'v1,', 3) === 0 ? base64_decode(substr($part, 3), true) : false;
        if ($given !== false && hash_equals($wanted, $given)) {
            return true;
        }
    }
    return false;
}
