package email

var (
	nora  = Address{"Nora Lindqvist", "nora@buyer.example"}
	alone = Address{"", "nora@buyer.example"}
)

// peopleCases are what mail programs, servers and forms make of senders and recipients.
var peopleCases = []peopleCase{
	// Brackets without a pair, and of other kinds.
	{"brackets", "closing one only", `From: Nora Lindqvist nora@buyer.example>`, nora, nil},
	{"brackets", "closing one only, no name", `From: nora@buyer.example>`, alone, nil},
	{"brackets", "reversed, in a list", `From: Nora Lindqvist >nora@buyer.example<, `, nora, nil},
	{"brackets", "square", `From: Nora Lindqvist [nora@buyer.example]`, nora, nil},
	{"brackets", "square, with a link", `From: Nora Lindqvist [mailto:nora@buyer.example]`, nora, nil},
	{"brackets", "braces", `From: {nora@buyer.example}`, alone, nil},
	{"brackets", "braces within a local part", `From: n{o}ra@buyer.example`, Address{"", "n{o}ra@buyer.example"}, nil},
	{"brackets", "a brace without a pair", `From: {nora@buyer.example`, Address{"", "{nora@buyer.example"}, nil},
	{"brackets", "parentheses", `From: Nora Lindqvist (nora@buyer.example)`, nora, nil},
	{"brackets", "full-width", `From: リンド＜nora@buyer.example＞`, Address{"リンド", "nora@buyer.example"}, nil},
	{"brackets", "guillemets", `From: Нора «nora@buyer.example»`, Address{"Нора", "nora@buyer.example"}, nil},
	{"brackets", "a link within the brackets", `From: Nora Lindqvist <nora@buyer.example<mailto:nora@buyer.example>>`,
		nora, nil},
	{"brackets", "around the name", `From: <Nora Lindqvist> nora@buyer.example`, nora, nil},
	{"brackets", "around the name, behind", `From: nora@buyer.example <Nora Lindqvist>`, nora, nil},
	{"brackets", "around a part of the name", `From: Nora <Lindqvist> <nora@buyer.example>`, nora, nil},
	{"brackets", "encoded, not closed", `From: =?utf-8?q?Nora_Lindqvist_=3Cnora=40buyer.example?=`, nora, nil},
	{"brackets", "an encoded address", `From: Nora Lindqvist <=?utf-8?q?nora=40buyer.example?=>`, nora, nil},
	{"brackets", "a dot behind them", `From: Nora Lindqvist <nora@buyer.example>.`, nora, nil},
	{"brackets", "a name with its own stays", `From: [Shop] Nora <nora@buyer.example>`,
		Address{"[Shop] Nora", "nora@buyer.example"}, nil},
	{"brackets", "empty behind the address", `From: nora@buyer.example <>`, alone, nil},

	// Leftovers in the name.
	{"leftovers", "all of it in quotes, not closed bracket", `From: "Nora Lindqvist <nora@buyer.example"`, nora, nil},
	{"leftovers", "quotes around the address", `From: Nora Lindqvist "nora@buyer.example"`, nora, nil},
	{"leftovers", "quotes around both", `From: "Nora Lindqvist" "nora@buyer.example"`, nora, nil},
	{"leftovers", "quotes escaped too often", `From: \"Nora Lindqvist\" <nora@buyer.example>`, nora, nil},
	{"leftovers", "the address twice", `From: nora@buyer.example <nora@buyer.example>`,
		Address{"nora@buyer.example", "nora@buyer.example"}, nil},
	{"leftovers", "a no-break space in front", "From: Nora Lindqvist\u00a0<nora@buyer.example>", nora, nil},
	{"leftovers", "a zero-width space in the name", "From: Nora\u200b Lindqvist <nora@buyer.example>", nora, nil},
	{"leftovers", "an unquoted at sign", `From: Nora @ Work <nora@buyer.example>`,
		Address{"Nora @ Work", "nora@buyer.example"}, nil},
	{"leftovers", "an unquoted comma and a title", `From: Lindqvist, Nora, Dr. <nora@buyer.example>`,
		Address{"Lindqvist, Nora, Dr.", "nora@buyer.example"}, nil},
	{"leftovers", "initials", `From: N. A. Lindqvist <nora@buyer.example>`,
		Address{"N. A. Lindqvist", "nora@buyer.example"}, nil},
	{"leftovers", "an address in the name", `From: "Nora (nora@home.example)" <nora@buyer.example>`,
		Address{"Nora (nora@home.example)", "nora@buyer.example"}, nil},
	{"leftovers", "two at signs are nobody's", `From: nora@@buyer.example`, Address{"", "nora@@buyer.example"}, nil},
	{"leftovers", "a dot at the end of the domain", `From: nora@buyer.example.`, Address{"", "nora@buyer.example."}, nil},
	{"leftovers", "a zero-width space in the address", "From: <nora\u200b@buyer.example>",
		Address{"", "nora\u200b@buyer.example"}, nil},

	// Schemes and encapsulated addresses.
	{"scheme", "smtp, lower case", `From: Nora Lindqvist <smtp:nora@buyer.example>`, nora, nil},
	{"scheme", "smtp, quoted", `From: Nora Lindqvist <"SMTP:nora@buyer.example">`, nora, nil},
	{"scheme", "smtp, bare", `From: SMTP:nora@buyer.example`, alone, nil},
	{"scheme", "mailto, bare, with a name", `From: Nora Lindqvist mailto:nora@buyer.example`, nora, nil},
	{"scheme", "mailto with a subject", `From: <mailto:nora@buyer.example?subject=Order>`, alone, nil},
	{"scheme", "email", `From: Email:nora@buyer.example`, alone, nil},
	{"scheme", "email and a space", `From: E-Mail: nora@buyer.example`, alone, nil},
	{"scheme", "IMCEASMTP", `From: Nora Lindqvist <IMCEASMTP-nora+40buyer+2Eexample@gateway.example>`, nora, nil},
	{"scheme", "IMCEAINVALID", `From: <IMCEAINVALID-nora+2Elind+5Fq+40buyer+2Eexample@gateway.example>`,
		Address{"", "nora.lind_q@buyer.example"}, nil},
	{"scheme", "IMCEAEX is a name of a directory", `From: <IMCEAEX-_O=SHOP_CN=NORA@buyer.example>`,
		Address{"", "IMCEAEX-_O=SHOP_CN=NORA@buyer.example"}, nil},
	{"scheme", "IMCEASMTP with control characters", `From: <IMCEASMTP-no+0Ara+40buyer+2Eexample@gateway.example>`,
		Address{"", "IMCEASMTP-no+0Ara+40buyer+2Eexample@gateway.example"}, nil},

	// A word with a comment.
	{"comment", "the web server's user", `From: www-data (Anfrageformular)`, Address{"Anfrageformular", "www-data"}, nil},
	{"comment", "encoded", `From: root (=?utf-8?q?J=C3=BCrgen_Roth?=)`, Address{"Jürgen Roth", "root"}, nil},
	{"comment", "words are a name", `From: Nora Lindqvist (Sales)`, Address{"Nora Lindqvist", ""}, nil},
	{"comment", "of an entry behind a comma", `From: Lindqvist (Sales), Nora <nora@buyer.example>`,
		Address{"Lindqvist, Nora", "nora@buyer.example"}, nil},
	{"comment", "with a quoted word", `From: "nora" (Nora Lindqvist)`, Address{"Nora Lindqvist", "nora"}, nil},

	// Recipients.
	{"recipients", "no group, no address", "From: nora@buyer.example\nTo: undisclosed-recipients:", alone, []string(nil)},
	{"recipients", "a group in brackets", "From: nora@buyer.example\nTo: <undisclosed-recipients:;>, a@shop.example",
		alone, []string{"a@shop.example"}},
	{"recipients", "a group with a domain",
		"From: nora@buyer.example\nTo: Undisclosed-Recipient:;@mail.example, a@shop.example",
		alone, []string{"a@shop.example"}},
	{"recipients", "a list without a domain", "From: nora@buyer.example\nTo: Kunden, a@shop.example", alone,
		[]string{"a@shop.example"}},
	{"recipients", "a local user",
		"From: nora@buyer.example\nTo: <root>, a@shop.example", alone, []string{"a@shop.example"}},
	{"recipients", "Chinese group", "From: nora@buyer.example\nTo: 未公开的收件人:;, a@shop.example", alone,
		[]string{"a@shop.example"}},
	{"recipients", "semicolons and an empty one", "From: nora@buyer.example\nTo: a@shop.example; ; Bo <b@shop.example>;",
		alone, []string{"a@shop.example", "b@shop.example"}},
	{"recipients", "a name in parentheses alone", "From: nora@buyer.example\nTo: (all), a@shop.example", alone,
		[]string{"a@shop.example"}},

	// Without From.
	{"sender", "From is empty", "From:\nSender: Nora Lindqvist <nora@buyer.example>", nora, nil},
	{"sender", "From has empty brackets", "From: <>\nSender: nora@buyer.example (Nora Lindqvist)", nora, nil},
	{"sender", "Sender with a scheme", "Sender: Nora Lindqvist <SMTP:nora@buyer.example>", nora, nil},
	{"sender", "a readable From wins", "From: nora@buyer.example\nSender: robot@relay.example", alone, nil},
	{"sender", "a name without an address stays", "From: Nora Lindqvist\nSender: robot@relay.example",
		Address{"Nora Lindqvist", ""}, nil},
	{"sender", "a Sender without an address", "Sender: Nora Lindqvist", Address{}, nil},
	{"sender", "a local user does not hide an address", "From: <nora>, Nora Lindqvist <nora@buyer.example>", nora, nil},
}
