package inbound

import "sync"

// bufferClasses are the sizes of the parts that messages are kept in.
var bufferClasses = [...]int{16 << 10, 64 << 10}

// bufferClass returns the class for a message of n bytes: the smallest in one part, others
// in several large ones.
func bufferClass(n int64) int {
	if n <= int64(bufferClasses[0]) {
		return 0
	}
	return 1
}

// spareBuffers keeps buffers that are used again: messages are most of what a pass
// allocates, and a pool that each garbage collection empties would allocate them all.
// Buffers in use and spare ones together stay below the total, and when none is in use
// none is kept.
type spareBuffers struct {
	total int64

	mu    sync.Mutex
	used  int64 // bytes in use
	kept  int64 // bytes of spare
	spare [len(bufferClasses)][][]byte
}

// take returns a buffer of a class.
func (b *spareBuffers) take(class int) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := int64(bufferClasses[class])
	b.used += size
	if list := b.spare[class]; len(list) > 0 {
		last := len(list) - 1
		buf := list[last]
		list[last], b.spare[class] = nil, list[:last]
		b.kept -= size
		return buf
	}
	for larger := len(bufferClasses) - 1; larger >= 0 && b.used+b.kept > b.total; larger-- {
		b.drop(larger)
	}
	return make([]byte, size)
}

// giveBack takes a buffer that is no longer in use.
func (b *spareBuffers) giveBack(class int, buf []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := int64(bufferClasses[class])
	b.used -= size
	b.spare[class], b.kept = append(b.spare[class], buf[:size]), b.kept+size
	if b.used == 0 {
		for class := range b.spare {
			b.drop(class)
		}
	}
}

// drop forgets the spare buffers of a class.
func (b *spareBuffers) drop(class int) {
	b.kept -= int64(len(b.spare[class]) * bufferClasses[class])
	b.spare[class] = nil
}
