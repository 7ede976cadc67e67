// What is selected in a document's text, as half-open offsets in code points, which is how the ledger counts.

const points = (text) => Array.from(text).length;

/** The report, offsets and words of the selection inside `area`; null where there is none. */
export function chosenSpan(area) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!area.contains(range.commonAncestorContainer)) return null;
  const report = within(range.startContainer)?.closest("[data-report]");
  if (!report || report !== within(range.endContainer)?.closest("[data-report]")) return null;
  const start = offset(range.startContainer, range.startOffset, true);
  const end = offset(range.endContainer, range.endOffset, false);
  if (start === null || end === null || start >= end) return null;
  return { report: report.dataset.report, start, end, text: selection.toString() };
}

const within = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

/** The offset of a place in the page: that of the piece of text it lies in, plus the code points before it. */
function offset(node, at, isStart) {
  if (node.nodeType === Node.TEXT_NODE) {
    const piece = node.parentElement.closest("[data-start]");
    if (!piece || piece.tagName === "P" || piece.tagName === "H1") return null;
    return Number(piece.dataset.start) + points(node.data.slice(0, at));
  }
  // Between elements: the next piece begins there, or the one before ends there.
  const next = node.childNodes[at];
  const piece = next?.nodeType === Node.ELEMENT_NODE ? (next.matches("span[data-start]") ? next : next.querySelector("span[data-start]")) : null;
  if (piece) return Number(piece.dataset.start);
  const all = [...(within(node).closest("[data-report]")?.querySelectorAll("span[data-start]") ?? [])];
  const before = all.filter((each) => each.compareDocumentPosition(node) & (isStart ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_FOLLOWING));
  const last = node.childNodes.length === at && within(node).querySelector("span[data-start]") ? [...within(node).querySelectorAll("span[data-start]")].at(-1) : before.at(-1);
  return last ? Number(last.dataset.start) + (last.dataset.code ? 1 : points(last.textContent)) : null;
}
