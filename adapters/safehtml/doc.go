// Package safehtml makes the HTML of a message fit to be shown within a page.
//
// HTML that comes by mail is written by strangers. [Clean] keeps how it looks and
// takes out what could act: scripts, event handlers, forms, frames, style sheets,
// styles that reach beyond the message, and everything that would be fetched from
// elsewhere and so tell the sender that, when and where the message was read.
//
// The rules are those of [github.com/microcosm-cc/bluemonday]; this package chooses
// them for mail, and adds what mail needs: images of the message itself (cid:), safe
// links, elements that are closed, and a bound on the size.
//
// # What it guarantees
//
// The outcome is valid UTF-8 and has no element, attribute, style or address that is
// not on a list of harmless ones. Every element that it opens it closes, and none
// that it did not open, so that a message cannot end the element that a page shows it
// in. It takes time linear in the bound on the size.
//
// # What it does not do
//
// It is one wall, and there should be two: show messages in a sandboxed frame, or on
// an origin of their own, under a Content-Security-Policy. Without it, the element
// around a message should have "overflow: auto" and "contain: content". A link may
// still lead to a page that lies, and a text too.
package safehtml
