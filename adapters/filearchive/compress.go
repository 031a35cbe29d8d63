package filearchive

import (
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/postroom/postroom/inbound"
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

// windowBytes bounds the memory that a reader needs.
const windowBytes = 1 << 20

// sampleBytes is how much of a message is compressed to find out whether that pays. It is taken
// from the middle, behind the text at the beginning.
const sampleBytes = 8 << 10

// packer compresses messages. Only one goroutine may use it.
type packer struct {
	compression Compression
	encoder     *zstd.Encoder
	space       []byte // for the buffer of a batch
	packed      []byte
}

func (p *packer) buffer() []byte {
	if p.space == nil {
		p.space = make([]byte, 0, bufferBytes)
	}
	return p.space[:0]
}

// gain is how much smaller the sample must get.
func (p *packer) gain(size int) int {
	if p.compression == CompressAll {
		return size / 8
	}
	return size / 2
}

func (p *packer) zstd() *zstd.Encoder {
	if p.encoder == nil {
		p.encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
			zstd.WithWindowSize(windowBytes), zstd.WithEncoderCRC(false),
			zstd.WithAllLitEntropyCompression(p.compression == CompressAll)) // errors are about options
	}
	return p.encoder
}

// pays reports whether a sample gets smaller by enough.
func (p *packer) pays(sample []byte) bool {
	p.packed = p.zstd().EncodeAll(sample, p.packed[:0])
	return len(p.packed) <= len(sample)-p.gain(len(sample))
}

// pack returns the compressed bytes, until the next call, if that pays.
func (p *packer) pack(data []byte) (packed []byte, ok bool) {
	if p.compression == CompressNone || len(data) < 256 {
		return nil, false
	}
	if len(data) > 2*sampleBytes {
		middle := len(data)/2 - sampleBytes/2
		if !p.pays(data[middle : middle+sampleBytes]) {
			return nil, false
		}
	}
	p.packed = p.zstd().EncodeAll(data, p.packed[:0])
	return p.packed, len(p.packed) <= len(data)-len(data)/8
}

// paysForLarge is pays for a message that is not in memory.
func (p *packer) paysForLarge(raw inbound.Raw) (bool, error) {
	if p.compression == CompressNone {
		return false, nil
	}
	sample := make([]byte, sampleBytes)
	if err := readFull(raw, sample, raw.Size()/2-sampleBytes/2); err != nil {
		return false, err
	}
	return p.pays(sample), nil
}

// packTo writes the compressed bytes of a message.
func (p *packer) packTo(w io.Writer, raw inbound.Raw) error {
	p.zstd().Reset(w)
	_, err := io.CopyBuffer(onlyWriter{p.encoder}, onlyReader{reader(raw)}, make([]byte, 256<<10))
	if err != nil {
		return err
	}
	return p.encoder.Close()
}

// onlyWriter and onlyReader keep io.CopyBuffer from reading in parts of its own.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)
