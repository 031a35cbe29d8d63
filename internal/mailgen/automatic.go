package mailgen

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// newsletters is the number of senders of newsletters. Some of them send often.
const newsletters = 40

// newsletter generates a newsletter in HTML.
func (g *Generator) newsletter(w *writer, i int) Truth {
	issuer := w.rng.IntN(newsletters)
	l := pickLanguage(w.rng)
	t := Truth{
		From: fmt.Sprintf("news@letters%d.example", issuer), FromName: fmt.Sprintf("Letters %d", issuer),
		Subject: fmt.Sprintf("%s %d", pick(w.rng, l.subjects), i), MessageID: g.id(i), Date: g.date(i),
		Class: Bulk, Charset: utf8.name, Line: l.sentence(w.rng),
	}
	w.trace(fmt.Sprintf("bounce-%d@letters%d.example", i, issuer), g.options.Recipient, t.Date)
	w.address("From", t.FromName, t.From, utf8)
	w.field("To", "%s", g.options.Recipient)
	w.field("Subject", "%s", encodeWords(t.Subject, utf8))
	w.field("Date", "%s", t.Date.Format(time.RFC1123Z))
	w.field("Message-ID", "%s", t.MessageID)
	w.field("List-Id", "<weekly.letters%d.example>", issuer)
	w.field("List-Unsubscribe", "<https://letters%d.example/leave/%x>", issuer, w.rng.Uint64())
	w.field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	w.field("Precedence", "bulk")
	w.field("MIME-Version", "1.0")
	b := w.open("alternative")
	w.next(b)
	w.text("plain", t.Line+"\r\n\r\n"+l.paragraph(w.rng, 500), utf8)
	w.next(b)
	w.text("html", w.page(l, t.Line, w.scaled(14<<10, 38<<10, 2)), utf8)
	w.close(b)
	return t
}

// page returns the HTML of a newsletter, with tables and links.
func (w *writer) page(l *language, line string, size int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\r\n<html><body><h1>%s</h1><table width=\"600\">\r\n", html.EscapeString(line))
	for b.Len() < size {
		fmt.Fprintf(&b, "<tr><td style=\"padding:8px 16px;font:14px/20px sans-serif;color:#%06x\">\r\n",
			w.rng.IntN(1<<24))
		fmt.Fprintf(&b, "<a href=\"https://click.example/c/%016x/%016x?utm_source=letter&amp;utm_medium=email\">",
			w.rng.Uint64(), w.rng.Uint64())
		fmt.Fprintf(&b, "<img src=\"https://img.example/%016x.png\" width=\"560\" alt=\"\"></a>\r\n", w.rng.Uint64())
		fmt.Fprintf(&b, "<p>%s</p></td></tr>\r\n", html.EscapeString(l.paragraph(w.rng, 300)))
	}
	b.WriteString("</table></body></html>\r\n")
	return b.String()
}

// autoReply generates an automatic reply (RFC 3834).
func (g *Generator) autoReply(w *writer, i int) Truth {
	p := g.people[g.sender[i]]
	t := Truth{
		From: p.address, FromName: p.name, Subject: "Automatic reply: Your order", MessageID: g.id(i),
		InReplyTo: fmt.Sprintf("<order.%d@shop.example>", i), Date: g.date(i), Class: AutoReply,
		Charset: p.charset.name, Line: p.language.sentence(w.rng),
	}
	w.trace(p.address, g.options.Recipient, t.Date)
	w.address("From", p.name, p.address, p.charset)
	w.field("To", "%s", g.options.Recipient)
	w.field("Subject", "%s", t.Subject)
	w.field("Date", "%s", t.Date.Format(time.RFC1123Z))
	w.field("Message-ID", "%s", t.MessageID)
	w.field("In-Reply-To", "%s", t.InReplyTo)
	w.field("Auto-Submitted", "auto-replied")
	w.field("X-Auto-Response-Suppress", "All")
	w.field("MIME-Version", "1.0")
	w.text("plain", t.Line+"\r\n"+p.language.closing+"\r\n"+p.name+"\r\n", p.charset)
	return t
}

// bounce generates a delivery status notification (RFC 3464) about the store's own
// mail.
func (g *Generator) bounce(w *writer, i int) Truth {
	lost := pick(w.rng, g.people).address
	host := "mx." + lost[strings.LastIndex(lost, "@")+1:]
	t := Truth{
		From: "mailer-daemon@" + host, FromName: "Mail Delivery System",
		Subject:   "Undelivered Mail Returned to Sender",
		MessageID: g.id(i), Date: g.date(i), Class: Bounce, Charset: ascii.name,
		Line: "I'm sorry to have to inform you that your message could not be delivered.",
	}
	w.buf.WriteString("Return-Path: <>\r\n")
	w.field("Delivered-To", "%s", g.options.Recipient)
	w.address("From", t.FromName, t.From, ascii)
	w.field("To", "%s", g.options.Recipient)
	w.field("Subject", "%s", t.Subject)
	w.field("Date", "%s", t.Date.Format(time.RFC1123Z))
	w.field("Message-ID", "%s", t.MessageID)
	w.field("Auto-Submitted", "auto-replied")
	w.field("MIME-Version", "1.0")
	b := w.boundary()
	w.field("Content-Type", "multipart/report; report-type=delivery-status; boundary=%q", b)
	w.buf.WriteString("\r\n")
	w.next(b)
	w.text("plain", t.Line+"\r\n\r\n<"+lost+">: user unknown\r\n", ascii)
	w.next(b)
	fmt.Fprintf(w.buf, "Content-Type: message/delivery-status\r\n\r\n"+
		"Reporting-MTA: dns; %s\r\nArrival-Date: %s\r\n\r\n"+
		"Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n"+
		"Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n",
		host, t.Date.Format(time.RFC1123Z), lost)
	w.next(b)
	fmt.Fprintf(w.buf, "Content-Type: text/rfc822-headers\r\n\r\n"+
		"From: %s\r\nTo: %s\r\nSubject: Your order\r\nMessage-ID: <order.%d@shop.example>\r\n",
		g.options.Recipient, lost, i)
	w.close(b)
	return t
}
