// Screenshots as references: what an element looks like, compared with what it looked like when somebody last agreed to it.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { crc32 as crcOf, deflateSync } from "node:zlib";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const FOLDER = new URL("../references/", import.meta.url);
/** Where the new look of a reference goes that does not match, and what differs. */
const ACTUAL = process.env.MUSTER_SCREENSHOTS ?? `${tmpdir()}/muster-screenshots`;
const UPDATE = process.env.MUSTER_UPDATE === "1";
/** How much a pixel may differ, and which part of all pixels may: edges of letters are drawn a little differently by each machine. */
const TOLERANCE = { threshold: 0.2 };
const MOST_DIFFERENT = 0.002;

/** Puts fixed times, secrets and colors in the place of those of this run. */
const settle = () => {
  const hues = ["#4f6bed", "#0f8f83", "#b4569c", "#c76a1e", "#7b61d9", "#2f8f4e", "#c2475b", "#3a86b8"];
  const visit = (root) => {
    for (const avatar of root.querySelectorAll(".avatar")) {
      const sum = [...avatar.textContent.trim()].reduce((sum, letter) => sum + letter.codePointAt(0), 0);
      avatar.style.setProperty("--_hue", hues[sum % hues.length]);
    }
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data } = texts.currentNode;
      const fixed = data.replace(/\b[A-Z][a-z]{2} \d{1,2}, \d{4}\b/g, "Jan 15, 2027").replace(/mk_\w+/g, "mk_4eT0pZ9w");
      if (fixed !== data) texts.currentNode.data = fixed;
    }
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) visit(element.shadowRoot);
  };
  visit(document);
};

/** A small PNG: the 256 most frequent colors, with the nearest in place of each other one, and a byte for each pixel. */
function smallPng({ width, height, data }) {
  const counts = new Map();
  const colorAt = (at) => (data[at * 4] << 16) | (data[at * 4 + 1] << 8) | data[at * 4 + 2];
  for (let at = 0; at < width * height; at++) counts.set(colorAt(at), (counts.get(colorAt(at)) ?? 0) + 1);
  const palette = [...counts].sort(([, one], [, other]) => other - one).slice(0, 256).map(([color]) => color);
  const distance = (one, other) => [16, 8, 0].reduce((sum, bits) => sum + (((one >> bits) & 255) - ((other >> bits) & 255)) ** 2, 0);
  const nearest = (color) => palette.reduce((best, known, index) => (distance(known, color) < distance(palette[best], color) ? index : best), 0);
  const indexes = new Map([...counts.keys()].map((color) => [color, nearest(color)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < width * height; at++) rows[at + Math.floor(at / width) + 1] = indexes.get(colorAt(at));
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  const parts = [["IHDR", head], ["PLTE", colors], ["IDAT", deflateSync(rows, { level: 9 })], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts.map(([type, content]) => part(type, content))]);
}

function part(type, content) {
  const named = Buffer.concat([Buffer.from(type), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length);
  ends.writeUInt32BE(crcOf(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}

/** A picture of a page on which nothing changes any more: what loads late would have the times of this run. */
async function pictureOf(page) {
  let last;
  for (let tries = 0; tries < 20; tries += 1) {
    await page.evaluate(settle);
    const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
    if (last?.equals(picture)) return PNG.sync.read(picture);
    last = picture;
    await page.waitForTimeout(150);
  }
  throw new Error("the page does not come to rest");
}

/** Whether a page looks like its reference; otherwise what is wrong. With `MUSTER_UPDATE=1`, the page becomes the reference. */
export async function differenceFrom(page, name) {
  const actual = await pictureOf(page);
  const file = new URL(`${name}.png`, FOLDER);
  const reference = await readFile(file).then(PNG.sync.read, () => undefined);
  const { width, height } = actual;
  const isSame = reference?.width === width && reference.height === height;
  const difference = new PNG({ width, height });
  const different = isSame ? pixelmatch(actual.data, reference.data, difference.data, width, height, TOLERANCE) / (width * height) : 1;
  if (different <= MOST_DIFFERENT) return undefined;
  const encoded = smallPng(actual);
  if (UPDATE) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, encoded);
    return undefined;
  }
  await mkdir(ACTUAL, { recursive: true });
  await writeFile(`${ACTUAL}/${name}.png`, encoded);
  await writeFile(`${ACTUAL}/${name}-difference.png`, PNG.sync.write(difference));
  return `${name}: ${(different * 100).toFixed(2)} % of the pixels differ; see ${ACTUAL}/${name}.png`;
}
