package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// told is what a case says of a bounce.
func told(b *Bounce) string {
	if b == nil {
		return ""
	}
	return strings.Join(strings.Fields(strings.Join(b.Recipients, " ")+" "+b.Status+" "+b.Action+" "+
		b.OriginalMessageID), " ")
}

func TestNotice(t *testing.T) {
	for kind, cases := range noticeCases() {
		for _, c := range cases {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				m := parsed(t, crlf("From: "+c.from+"\nTo: sales@shop.example\nSubject: "+c.subject+"\n"+c.extra+
					"\n"+c.body))
				if c.class == "" {
					assert.NotEqual(t, ClassBounce, m.Class, m.ClassReason)
				} else {
					assert.Equal(t, c.class, m.Class, m.ClassReason)
				}
				assert.Equal(t, c.want, told(m.Bounce))
				assert.Less(t, len(m.ClassReason), 300)
			})
		}
	}
}

// FuzzNotice reads texts of mail servers.
func FuzzNotice(f *testing.F) {
	for _, cases := range noticeCases() {
		for _, c := range cases {
			f.Add(c.subject, c.extra, c.body)
		}
	}
	f.Fuzz(func(t *testing.T, subject, extra, body string) {
		for _, from := range []string{"mailer-daemon@mx.example", "postmaster@mx.example", "admin@mx.example"} {
			parsed(t, crlf("From: "+from+"\nTo: sales@shop.example\nSubject: "+subject+"\n"+extra+"\n"+body))
		}
	})
}
