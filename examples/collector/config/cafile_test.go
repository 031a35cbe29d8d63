package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// authority returns the certificate of a new authority, in DER.
func authority(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return der
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestParse_CAFileIsAddedToTheSystem(t *testing.T) {
	t.Chdir(t.TempDir())
	a, b := authority(t, "A"), authority(t, "B")
	text := "comment\n" + inPEM("CERTIFICATE", a) + inPEM("EC PRIVATE KEY", []byte("x")) + inPEM("CERTIFICATE", b)
	require.NoError(t, os.WriteFile("ca.pem", []byte(text), 0o600))
	c, err := Parse("elsewhere/c.yaml", []byte("ca_file: ca.pem\n"+strings.ReplaceAll(minimal, "%s", "p")),
		environment())
	require.NoError(t, err)
	want, err := x509.SystemCertPool()
	require.NoError(t, err)
	assert.False(t, want.Equal(c.RootCAs))
	for _, der := range [][]byte{a, b} {
		certificate, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		want.AddCert(certificate)
	}
	assert.True(t, want.Equal(c.RootCAs), "both, and those of the system")
}

func TestParse_CAFileProblems(t *testing.T) {
	t.Chdir(t.TempDir())
	dir, err := os.Getwd()
	require.NoError(t, err)
	der := authority(t, "A")
	for name, c := range map[string]struct{ text, want string }{
		"missing": {"", "cannot be read: no such file or directory"},
		"empty":   {" \n", "is empty; it should have the certificate of the authority in PEM"},
		"large": {strings.Repeat("x", maxBytes+1),
			"is larger than 1 MiB: that is no file of a private certificate authority"},
		"key": {inPEM("PRIVATE KEY", []byte("hunter2")),
			"has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"},
		"der": {string(der), "is in DER; convert it to PEM: openssl x509 -inform der -in FILE -out NEW_FILE"},
		"damaged": {inPEM("CERTIFICATE", der) + inPEM("CERTIFICATE", der[:50]),
			"has a certificate that cannot be read, number 2: x509: malformed certificate"},
		"directory": {"", "cannot be read: is a directory"},
	} {
		path := "./" + name + ".pem"
		if name == "directory" {
			path = "."
		} else if c.text != "" {
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
		}
		problems := problemsIn(t, strings.ReplaceAll(minimal, "%s", "p")+"ca_file: "+path+"\n", environment())
		assert.Equal(t, []string{"c.yaml:4: ca_file: " + filepath.Join(dir, path) + " " + c.want}, problems, name)
	}
	problems := problemsIn(t, strings.ReplaceAll(minimal, "%s", "p")+"ca_file: ${P}\n", environment("P", "hunter2"))
	assert.Equal(t, []string{"c.yaml:4: ca_file: the file cannot be read: no such file or directory"}, problems)
}
