package imapfetch

import (
	"strconv"

	"github.com/postroom/postroom/inbound"
)

// sourceID returns the identity of a message: its UID and the folder's UIDVALIDITY
// are written in decimal.
func sourceID(folder, generation string, uid uint32) inbound.SourceID {
	return inbound.SourceID{Folder: folder, Generation: generation, Key: strconv.FormatUint(uint64(uid), 10)}
}

// uidOf returns the UID of a message, or 0, which no message has, for a key that is
// none.
func uidOf(ref inbound.Ref) uint32 {
	uid, err := strconv.ParseUint(ref.Key, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(uid)
}

// uidsOf returns the UIDs of messages.
func uidsOf(refs []inbound.Ref) []uint32 {
	uids := make([]uint32, len(refs))
	for i, ref := range refs {
		uids[i] = uidOf(ref)
	}
	return uids
}
