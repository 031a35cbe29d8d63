package email

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// message builds the message of a case.
func (c classCase) message() string {
	var b strings.Builder
	for _, line := range []string{"From: Jane Roe <jane@buyer.example>", "To: shop@shop.example", "Subject: Boots"} {
		name, _, _ := strings.Cut(line, " ")
		if !strings.Contains("\n"+c.header, "\n"+name) {
			b.WriteString(line + "\n")
		}
	}
	text := c.text
	if text == "" {
		text = "Hello,\n\ndo you have the blue boots in 38?\n\nJane\n"
	}
	return c.header + b.String() + "\n" + text
}

// allClassCases returns the cases of all tables.
func allClassCases() []classCase {
	cases := slices.Clone(classCases)
	for _, subject := range classAway {
		cases = append(cases, classCase{"away", "Subject: " + subject + "\n", "", ClassAutoReply})
	}
	for _, subject := range classOrders {
		for _, header := range []string{"", suppress, "Return-Path: <>\n"} {
			cases = append(cases, classCase{"order", header + "Subject: " + subject + "\n", "", ClassPersonal})
		}
	}
	for _, l := range letters {
		for _, header := range []string{"", suppress, "Auto-Submitted: auto-forwarded\n", "Feedback-ID: 1:2:AmazonSES\n"} {
			cases = append(cases, classCase{"letter", header + "Subject: " + l.subject + "\n", l.text, ClassPersonal})
		}
	}
	return cases
}

func TestClassify(t *testing.T) {
	for _, c := range allClassCases() {
		m := parsed(t, c.message())
		assert.Equal(t, c.want, m.Class, "%s: %s\n%s", c.kind, m.ClassReason, c.header)
		assert.NotEmpty(t, m.ClassReason)
	}
}

// The confusion table by class, and how many cases of each kind hold.
func TestClassify_Confusion(t *testing.T) {
	classes := []Class{ClassPersonal, ClassAutoReply, ClassBounce, ClassList, ClassBulk, ClassSpam}
	read, held, all := map[[2]Class]int{}, map[string]int{}, map[string]int{}
	for _, c := range allClassCases() {
		m := parsed(t, c.message())
		read[[2]Class{c.want, m.Class}]++
		all[c.kind]++
		if m.Class == c.want {
			held[c.kind]++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-12s", "is \\ read as")
	for _, c := range classes {
		fmt.Fprintf(&b, "%11s", c)
	}
	for _, want := range classes {
		fmt.Fprintf(&b, "\n%-12s", want)
		for _, got := range classes {
			fmt.Fprintf(&b, "%11d", read[[2]Class{want, got}])
			if want == ClassPersonal && got != want {
				assert.Zero(t, read[[2]Class{want, got}], "letters read as %s", got)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "\n%-8s %3d of %3d", kind, held[kind], all[kind])
	}
	t.Log(b.String())
}

// The reason is a sentence that a person understands.
func TestClassify_Reason(t *testing.T) {
	for header, want := range map[string]string{
		"":                  "nothing says that a program sent it",
		suppress:            "X-Auto-Response-Suppress alone decides nothing: mail servers set it on people's mail too",
		"Return-Path: <>\n": "Return-Path alone decides nothing: relays leave it empty on people's mail too",
		"Auto-Submitted: auto-forwarded\n": `Auto-Submitted alone decides nothing: "auto-forwarded" only says that ` +
			"a program passed the message on",
		"Feedback-ID: 1:2\n": "Feedback-ID alone decides nothing: relays such as Amazon SES set it on all " +
			"that passes them",
		"Auto-Submitted: auto-replied\n": `Auto-Submitted "auto-replied" marks an automatic answer`,
		generated + "X-MS-Exchange-Inbox-Rules-Loop: a@shop.example\n": `Auto-Submitted "auto-generated" marks what ` +
			"a program wrote, but a mailbox rule has passed it on",
		someoneElse + "Precedence: junk\n": `Precedence "junk" marks mass mail, but Reply-To is of ` +
			"a different domain than From",
		"Precedence: bulk\n" + thunderbird: `Precedence "bulk" marks mass mail, but it was written with ` +
			`"Mozilla Thunderbird 128"`,
		"From: no-reply@a.example\n" + suppress: "X-Auto-Response-Suppress asks for no automatic answer, and nobody reads " +
			"answers to the sender",
		"X-MLServer: fml\n":                   "X-MLServer is what mailing lists write",
		"List-Id: <l.example>\n":              "List-Id names a mailing list",
		"Subject: Abwesenheitsnotiz: Boots\n": `Subject "Abwesenheitsnotiz: Boots" is that of an automatic answer`,
		"X-Spam-Flag: YES\n":                  `the receiving server takes it for spam: X-Spam-Flag "YES"`,
		"Auto-Submitted: \"\x1b[2J" + strings.Repeat("x", 99) + "\n": `Auto-Submitted "\"[2J` +
			strings.Repeat("x", 56) + "..." +
			`" marks what a program wrote`,
	} {
		assert.Equal(t, want, parsed(t, classCase{header: header}.message()).ClassReason)
	}
}

func TestClassify_BounceBeforeHeader(t *testing.T) {
	m := parsed(t, "From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail Returned to Sender\r\n"+
		"Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n\r\nx\r\n")
	assert.Equal(t, ClassBounce, m.Class)
}

func TestClassify_Receipt(t *testing.T) {
	m := parsed(t, "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nread\r\n--b\r\n"+
		"Content-Type: message/disposition-notification\r\n\r\n"+
		"Disposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n")
	assert.Equal(t, ClassAutoReply, m.Class)
	assert.Contains(t, m.ClassReason, "message/disposition-notification")
}

func TestClasses_HaveNoDuplicates(t *testing.T) {
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(Classes()))), len(Classes()))
}

func TestIsNoReply(t *testing.T) {
	for _, address := range []string{"no-reply@example.com", "NoReply@example.com", "no_reply@example.com",
		"do-not-reply@example.com", "orders-noreply@example.com", "noreply+tag@example.com",
		"nepasrepondre@example.fr", `"no reply"@example.com`} {
		assert.True(t, IsNoReply(address), address)
	}
	for _, address := range []string{"reply@example.com", "jane@noreply.example.com", "", "noel@example.com"} {
		assert.False(t, IsNoReply(address), address)
	}
	assert.True(t, parsed(t, "From: Shop <no-reply@example.com>\r\n\r\n").NoReply)
}
