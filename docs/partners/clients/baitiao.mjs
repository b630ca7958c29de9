// Signing requests to Baitiao and checking its webhooks: Node 18 or later, nothing to install.
// 为白条接口签名、验证通知：Node 18 以上，无需安装依赖。
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Base64 signature over method, path with raw query, timestamp, nonce and body, each ended by \n. */
export function signature(secret, method, target, timestamp, nonce, body) {
  const head = Buffer.from(`${method}\n${target}\n${timestamp}\n${nonce}\n`, "latin1");
  const message = Buffer.concat([head, Buffer.from(body), Buffer.from("\n")]);
  return createHmac("sha256", secret).update(message).digest("base64");
}

/** The Authorization header; send exactly the bytes of `body` that were signed. */
export function authorization(keyId, secret, method, target, body) {
  const timestamp = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString("hex");
  const signed = signature(secret, method, target, timestamp, nonce, body);
  return (
    `BT-HMAC-SHA256 key_id="${keyId}",nonce="${nonce}",` +
    `timestamp="${timestamp}",signature="${signed}"`
  );
}

/** Whether a webhook is ours and of the last five minutes; `raw` is the body as received. */
export function isGenuine(secret, id, timestamp, signatures, raw, now = Date.now() / 1000) {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const message = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(raw)]);
  const wanted = createHmac("sha256", key).update(message).digest();
  return signatures.split(" ").some((part) => {
    if (!part.startsWith("v1,")) return false;
    const given = Buffer.from(part.slice(3), "base64");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
