package filearchive

import (
	"io"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/compress"
)

// Compression says which messages are compressed.
type Compression string

// The compressions.
const (
	CompressText Compression = "text" // what gets clearly smaller: text, and attachments that are text
	CompressAll  Compression = "all"  // also base64 of compressed files, which gets a quarter smaller
	CompressNone Compression = "none"
)

func (c Compression) isKnown() bool {
	return c == CompressText || c == CompressAll || c == CompressNone
}

// packer compresses messages. Only one goroutine may use it.
type packer struct {
	compression Compression
	encoder     *compress.Encoder
	space       []byte // for the buffer of a batch
}

func (p *packer) buffer() []byte {
	if p.space == nil {
		p.space = make([]byte, 0, bufferBytes)
	}
	return p.space[:0]
}

func (p *packer) zstd() *compress.Encoder {
	if p.encoder == nil {
		p.encoder = compress.NewEncoder(p.compression == CompressAll)
	}
	return p.encoder
}

// pack returns the compressed bytes, until the next call, if that pays.
func (p *packer) pack(data []byte) (packed []byte, ok bool) {
	if p.compression == CompressNone {
		return nil, false
	}
	return p.zstd().Pack(data)
}

// paysForLarge reports whether compressing pays for a message that is not in memory.
func (p *packer) paysForLarge(raw inbound.Raw) (bool, error) {
	if p.compression == CompressNone {
		return false, nil
	}
	sample := make([]byte, compress.SampleBytes)
	if err := readFull(raw, sample, compress.SampleAt(raw.Size())); err != nil {
		return false, err
	}
	return p.zstd().Pays(sample), nil
}

// packTo writes the compressed bytes of a message.
func (p *packer) packTo(w io.Writer, raw inbound.Raw) error {
	packing := p.zstd().Writer(w)
	if _, err := io.CopyBuffer(onlyWriter{packing}, onlyReader{reader(raw)}, make([]byte, 256<<10)); err != nil {
		return err
	}
	return packing.Close()
}

// onlyWriter and onlyReader keep io.CopyBuffer from reading in parts of its own.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)
