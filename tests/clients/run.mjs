import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const client = await import(pathToFileURL(process.argv[2]));
const text = (coded) => Buffer.from(coded, "base64").toString();
for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [verb, ...part] = line.split("|");
  if (verb === "sign") {
    const body = Buffer.from(part[5], "base64");
    console.log(client.signature(text(part[0]), part[1], text(part[2]), Number(part[3]), part[4], body));
  } else {
    const raw = Buffer.from(part[4], "base64");
    console.log(client.isGenuine(text(part[0]), part[1], part[2], text(part[3]), raw, Number(part[5])));
  }
}
