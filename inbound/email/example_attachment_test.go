package email_test

import (
	"bytes"
	"fmt"
	"io"

	"github.com/postroom/postroom/inbound/email"
)

func ExampleOpenAttachment() {
	raw := []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\n\r\nThe numbers are attached.\r\n" +
		"--b\r\nContent-Type: text/csv; name=numbers.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n" +
		"--b--\r\n")
	m, err := email.Parse(bytes.NewReader(raw), email.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	file := m.Attachments[0]
	r, err := email.OpenAttachment(bytes.NewReader(raw), file.Part, email.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s", file.Name, content)
	// Output:
	// numbers.csv
	// a,b
	// 1,2
}
