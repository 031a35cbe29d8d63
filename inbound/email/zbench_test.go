package email
import ("testing";"strings";"time";"fmt";"os")
func TestZBench(t *testing.T) {
	if os.Getenv("ZB") == "" { t.Skip() }
	hdr := "Received: from a by b; Mon, 3 Mar 2025 10:00:00 +0100\r\nReceived: from a by b; Mon, 3 Mar 2025 10:00:00 +0100\r\nDate: Mon, 3 Mar 2025 10:00:00 +0100\r\nMessage-ID: <k1@buyer.example>\r\nMIME-Version: 1.0\r\nTo: Shop <help@shop.example>\r\n"
	ru := strings.Repeat("Здравствуйте, я хотел бы узнать, когда привезут мой заказ.\r\n", 30)
	de := strings.Repeat("Guten Tag, ich möchte wissen, wann meine Bestellung geliefert wird. Grüße\r\n", 30)
	zh := strings.Repeat("您好，我想问一下订单什么时候发货，谢谢。\r\n", 30)
	ja := strings.Repeat("商品がまだ届いておりません。いつ届きますか？\r\n", 30)
	en := strings.Repeat("Hello, I would like to know when my order will be delivered. Thanks\r\n", 30)
	for _, c := range [][4]string{{"ascii","us-ascii",en,"Order"},{"utf8 words","utf-8",de,"=?utf-8?B?R3LDvMOfZQ==?="},{"cp1251","windows-1251",inCharset(t,"windows-1251",ru),"=?windows-1251?B?yOLg7SDP5fLw7uI=?="},
		{"latin1","iso-8859-1",inCharset(t,"iso-8859-1",de),"=?iso-8859-1?Q?Gr=FC=DFe?="},{"gbk","gb2312",inCharset(t,"gbk",zh),"=?gb2312?B?xOO6w6Os0rvPwg==?="},{"sjis","shift_jis",inCharset(t,"shift_jis",ja),"=?shift_jis?B?jlKTY4+kk1g=?="},{"2022","iso-2022-jp",inCharset(t,"iso-2022-jp",ja),"=?iso-2022-jp?B?GyRCJDMkcxsoQg==?="}} {
		m := "From: "+c[3]+" <a@b.example>\r\nSubject: "+c[3]+"\r\n"+hdr+"Content-Type: text/plain; charset="+c[1]+"\r\n\r\n"+c[2]
		best := time.Hour
		for range 15 { s := time.Now(); for range 200 { if _, err := Parse(strings.NewReader(m), Limits{}); err != nil { t.Fatal(err) } }; best = min(best, time.Since(s)/200) }
		fmt.Printf("%-12s %v\n", c[0], best)
	}
}
