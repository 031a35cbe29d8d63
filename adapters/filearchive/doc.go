// Package filearchive implements inbound.Archive in the files of a folder: raw mail is
// appended to segments of up to 256 MiB, with one sync for each batch.
//
//	archive, err := filearchive.Open("/var/lib/crm/mail", nil)
//	config.Archive = archive // of inbound.Config
//
// # Files
//
// The folder has the mode 0700, its files have 0600. A segment, 00000001.mail, is a sequence of
// messages, each behind a header with its SHA-256, its size, the time and checksums. What is text
// is compressed by zstd; what hardly gets smaller is stored as it came. An index, 00000001.index,
// is sorted by SHA-256, with a filter in front. It covers its segment as far as it was written; what
// comes after that, after a crash or while a process writes, is read from the segment itself. An
// index that is lost or damaged is made anew from the segment. A backup copies the segments, and
// the indexes if it is to be ready at once.
//
// # Several processes
//
// Each process that writes has a segment of its own, locked (flock) until it ends, even by
// a crash; all read everything. So several processes may share a folder on one machine. Network
// file systems are not supported, nor are systems without flock, such as Windows: Open says so.
//
// # After a crash
//
// Put returns when its messages are synced. A message of which only a part was written is cut off
// by the next process that writes there. A write or sync that fails, for example because the disk
// is full, is undone; the error has a hint for the operator.
//
// # Garbage
//
// DeleteBlobs takes messages out of the index. A segment that is empty then is removed, and one of which
// less than half is left is written anew. Call inbound.Syncer.CleanArchive once a day.
//
// Memory: about 1.5 bytes for each message in the folder, and some MiB while messages are
// written.
package filearchive
