package replytext

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The new words of a reply, as many programs quote the message that it answers.
func TestExtract(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no reply at all": {"Two cups, please.\n\nAnna\n", "Two cups, please.\n\nAnna"},
		"above a quote": {"Thank you!\n\nOn Mon, 2 Mar 2026 at 10:15, Shop <shop@shop.example> wrote:\n" +
			"> It is on its way.\n>\n> Shop\n", "Thank you!"},
		"attribution over two lines": {"Thank you!\n\nOn Mon, 2 Mar 2026 at 10:15, The Shop of Juniper\n" +
			"<shop@shop.example> wrote:\n\n> It is on its way.\n", "Thank you!"},
		"below a quote": {"On Mon, 2 Mar 2026 at 10:15, Shop <shop@shop.example> wrote:\n" +
			"> Which colour?\n\nBlue, please.\n", "Blue, please."},
		"in between": {"Here are the answers you asked me for.\n\n" +
			"Am 02.03.2026 um 10:15 schrieb Shop:\n> Which colour?\nBlue.\n> How many?\nTwo.\n",
			"Here are the answers you asked me for.\n\n> Which colour?\nBlue.\n> How many?\nTwo."},
		"German": {"Danke!\n\n" +
			"Am Mo., 2. März 2026 um 10:15 Uhr schrieb Shop <shop@shop.example>:\n> Unterwegs.\n", "Danke!"},
		"French": {"Merci !\n\nLe lun. 2 mars 2026 à 10:15, Shop <shop@shop.example> a écrit :\n" +
			"> En route.\n", "Merci !"},
		"Russian": {"Спасибо!\n\nпн, 2 мар. 2026 г. в 10:15, Shop <shop@shop.example>:\n" +
			"> В пути.\n", "Спасибо!"},
		"header of Outlook": {"Thanks.\n\n________________________________\n" +
			"From: Shop <shop@shop.example>\nSent: Monday, 2 March 2026 10:15\nTo: Anna\nSubject: Your order\n\n" +
			"It is on its way.\n", "Thanks."},
		"header in German": {"Danke.\n\nVon: Shop\nGesendet: Montag, 2. März 2026\nAn: Anna\n" +
			"Betreff: Bestellung\n\nUnterwegs.\n", "Danke."},
		"original message":            {"Yes.\n\n-----Original Message-----\nIt is on its way.\n", "Yes."},
		"signature":                   {"Yes.\n\n-- \nAnna\n+49 30 1234\n", "Yes."},
		"sent from a French one":      {"Oui.\n\nEnvoyé de mon iPhone\n", "Oui."},
		"sent from a Russian program": {"Да.\n\nОтправлено из мобильной Почты\n", "Да."},
		"sent from a Turkish one":     {"Evet.\n\niPhone'umdan gönderildi\n", "Evet."},
		"an advertisement":            {"Ja.\n\nOutlook für iOS beziehen\n", "Ja."},
		"a list's footer": {"Yes.\n\nJane\n\n__\nclay mailing list\nclay@lists.example.com\n",
			"Yes.\n\nJane"},
		"sent from a town": {"Where is it?\n\nSent from Vienna on Monday.\n",
			"Where is it?\n\nSent from Vienna on Monday."},
		"money that was sent":   {"Merhaba.\n\nPara gönderildi.\n", "Merhaba.\n\nPara gönderildi."},
		"sent from a telephone": {"Yes.\n\nSent from my iPhone\n", "Yes."},
		"only a quote": {"On Mon, 2 Mar 2026 at 10:15, Shop <shop@shop.example> wrote:\n" +
			"> Which colour?\n", "On Mon, 2 Mar 2026 at 10:15, Shop <shop@shop.example> wrote:\n> Which colour?"},
		"only a notice that is quoted": {"On Mon, 2 Mar 2026 at 10:15, Shop <shop@shop.example> wrote:\n" +
			"> It is on its way.\n> To unsubscribe visit http://shop.example/u\n", ""},
		"forwarded without a word": {"---------- Forwarded message ----------\nFrom: Shop <shop@shop.example>\n" +
			"Date: Mon, 2 Mar 2026\nSubject: Your order\nTo: Anna\n\nIt is on its way.\n", "It is on its way."},
		"looks like an attribution": {"On Monday I wrote to you about 2 cups.\nNobody answered.\n",
			"On Monday I wrote to you about 2 cups.\nNobody answered."},
		"a list of facts": {"Order: 123\nColour: blue\nDate: tomorrow\n", "Order: 123\nColour: blue\n" +
			"Date: tomorrow"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, Extract(c.text))
		})
	}
}

// BenchmarkExtract cuts answers of some length, with a quote of the same.
func BenchmarkExtract(b *testing.B) {
	words := strings.Repeat("I have looked for it since 3 March, and this is what I found:\n"+
		"nothing at all, at jane@example.com either.\n\n", 50)
	text := words + "On Mon, 2 Mar 2026 at 10:15, Shop <shop@shop.example> wrote:\n> " + strings.ReplaceAll(words, "\n",
		"\n> ")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Extract(text)
	}
}

// The words are lines of the text, in their order and in valid UTF-8; there are none only
// where the text has none, or is a notice that is quoted.
func FuzzExtract(f *testing.F) {
	for _, s := range []string{"", "Yes.\n\nOn Mon, 1 Jan 2024 at 10:00, Anna wrote:\n> no", "-- \nsig",
		"> a\nb\n> c\nd", "Am 1. Mai schrieb X:\n> y\n\nneu", "From: a\nSent: b\nTo: c\nSubject: d\n\nold",
		"-----Original Message-----\nx", "________________\nFrom: a\nTo: b\nDate: c\n",
		"a\n---\nb?\n--\nc\n-- \nd", "Hi,\n##- reply above this line -##\nx", armorBegin + "\nHash: x\n\na\n" + armorEnd} {
		f.Add(s)
	}
	for _, letter := range ownLetters {
		f.Add(letter)
	}
	for _, c := range replies {
		f.Add(c.text)
	}
	for _, history := range histories {
		f.Add("Yes.\n\n" + history)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		words := Extract(s)
		require.True(t, utf8.ValidString(words))
		have := linesOf(s)
		if all := linesOf(strings.ReplaceAll(s, armorBegin, "x")); !isQuotedNotice(have) {
			require.Equal(t, isBlank(all), words == "", "words")
		}
		for line := range strings.SplitSeq(words, "\n") {
			at := slices.Index(have, line)
			require.GreaterOrEqualf(t, at, 0, "a line that nobody wrote there: %q", line)
			have = have[at+1:]
		}
	})
}
