// Package safehtml sanitizes the HTML of a message, so that it can be shown within
// a web page.
//
// HTML in mail is written by strangers. [Clean] keeps its appearance and removes
// what could do harm: scripts, event handlers, forms, frames, style sheets, styles
// that reach beyond the message, and everything that would be loaded from other
// servers, which would reveal to the sender that, when and where the message was
// read.
//
// Package [github.com/microcosm-cc/bluemonday] applies the rules for elements,
// attributes and addresses. This package chooses them for mail, and adds what mail needs:
// rules for styles, images that are part of the message (cid:), safe links, closed
// elements and a limit on the size.
//
// # What it guarantees
//
// The result is valid UTF-8. All of its elements, attributes, styles and URL schemes
// are on an allowlist; only URLs that Options.CID returns are used unchecked. It
// closes every element that it opens and no other, so a message cannot close the
// element in which a page shows it. Clean takes time linear in the size limit.
//
// Of a style attribute, the declarations within its first 8 KiB are kept, as far as they
// are allowed and each is no longer than 256 bytes, its value 200. The others are removed,
// and the text of the element stays.
//
// # What it does not do
//
// Clean should not be the only protection. Show messages in a sandboxed frame or on
// an origin of their own, with a Content-Security-Policy. Otherwise, give the element
// around a message "overflow: auto" and "contain: content". The links and the text of
// a message may still be fraudulent.
package safehtml
