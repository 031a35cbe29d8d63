package terminal

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSize_ThreeDigits(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 999_499: "999 KB",
		999_500: "1 MB", 1_234_567: "1.23 MB", 5e12: "5 TB"} {
		assert.Equal(t, want, Size(n))
	}
}
