package config

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// rootCAs returns the authorities that the system trusts and those in a PEM file, or
// nil if there is no file.
func (p *problems) rootCAs(path string) *x509.CertPool {
	if path == "" {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		p.add("ca_file", "the certificates of the system cannot be read: %v", err)
		return nil
	}
	if err := addFile(pool, path); err != nil {
		name := AbsolutePath(path)
		if p.variable["ca_file"] {
			name = "the file"
		}
		p.add("ca_file", "%s %v", name, err)
	}
	return pool
}

// addFile adds the certificates in a PEM file. Its error is what is wrong with the file.
func addFile(pool *x509.CertPool, path string) error {
	text, err := readFile(path)
	if inner := new(fs.PathError); errors.As(err, &inner) {
		err = inner.Err // it does not repeat the path
	}
	switch {
	case err != nil:
		return fmt.Errorf("cannot be read: %w", err)
	case len(text) > maxBytes:
		return errors.New("is larger than 1 MiB: that is no file of a private certificate authority")
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("is empty; it should have the certificate of the authority in PEM")
	}
	if _, err := x509.ParseCertificates(text); err == nil {
		return errors.New("is in DER; convert it to PEM: openssl x509 -inform der -in FILE -out NEW_FILE")
	}
	added := 0
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("has a certificate that cannot be read, number %d: %w", added+1, err)
		}
		pool.AddCert(certificate)
		added++
	}
	if added == 0 {
		return errors.New("has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")
	}
	return nil
}

// AbsolutePath returns the path of a file in the form that does not depend on the
// current directory. Paths in the settings are relative to that.
func AbsolutePath(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}
