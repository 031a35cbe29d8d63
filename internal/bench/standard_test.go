package main

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

var (
	words     = &mime.WordDecoder{CharsetReader: charsetReader}
	addresses = &mail.AddressParser{WordDecoder: words}
)

func charsetReader(label string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(r), nil
}

// readStandardPart reads a part, and those within it, with the standard library.
func readStandardPart(contentType, encoding string, body io.Reader) error {
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		switch strings.ToLower(encoding) {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		}
		if label := parameters["charset"]; label != "" {
			if body, err = charsetReader(label, body); err != nil {
				return err
			}
		}
		_, err = io.Copy(io.Discard, body)
		return err
	}
	for r := multipart.NewReader(body, parameters["boundary"]); ; {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		encoding := part.Header.Get("Content-Transfer-Encoding")
		if err := readStandardPart(part.Header.Get("Content-Type"), encoding, part); err != nil {
			return err
		}
	}
}
