package safehtml_test

import (
	"fmt"

	"github.com/postroom/postroom/adapters/safehtml"
)

func ExampleClean() {
	html := `<p onclick="steal()">See our <a href="https://shop.example/new">shoes</a>:</p>
<img src="cid:shoes@shop.example" alt="Shoes"><img src="https://tracker.example/1.gif" alt="">
<script>steal()</script>`
	// The part numbers by content ID, of a message that inbound/email parsed.
	parts := map[string]string{"shoes@shop.example": "2.2"}

	fmt.Println(safehtml.Clean(html, &safehtml.Options{
		CID: func(contentID string) string {
			if part, ok := parts[contentID]; ok {
				return "/messages/17/parts/" + part
			}
			return ""
		},
	}))
	// Output:
	// <p>See our <a href="https://shop.example/new" rel="noopener noreferrer nofollow" target="_blank">shoes</a>:</p>
	// <img src="/messages/17/parts/2.2" alt="Shoes"><img alt="">
}
