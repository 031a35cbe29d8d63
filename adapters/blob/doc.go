// Package blob implements inbound.Archive in an object store: S3 and what speaks its protocol,
// Google Cloud Storage and Azure Blob Storage, by gocloud.dev/blob. The package imports no driver;
// the host imports the one that it needs, and opens the bucket by its address:
//
//	import _ "gocloud.dev/blob/s3blob"    // s3://bucket?region=eu-central-1
//	import _ "gocloud.dev/blob/gcsblob"   // gs://bucket
//	import _ "gocloud.dev/blob/azureblob" // azblob://container
//
//	bucket, err := gocloud.OpenBucket(ctx, "s3://crm-mail?region=eu-central-1")
//	...
//	archive, err := blob.New(bucket, &blob.Options{Prefix: "mail"})
//	...
//	config.Archive = archive // of inbound.Config
//
// where gocloud is gocloud.dev/blob. The pages of the drivers say where they take keys from and
// which parameters they have, such as the endpoint of MinIO or Ceph. The identity needs the rights to
// list, read, write and delete objects below the prefix; its keys are never in an error.
//
// # Objects
//
// A message is an object of its own, with a key below the prefix that says everything about it:
//
//	mail/ab/ab12...ef.20261127T122044Z.48213.eml.zst
//
// has the SHA-256 of the message, when it was put (in UTC), and its size in bytes as it was put.
// .zst says that it is compressed by zstd; what would not get an eighth smaller is stored as it came, and
// ends in .eml. So any tool can read an object, and a listing is enough to clean up. Objects with
// other keys are left alone.
//
// Put costs two requests for a message that is new, one to look and one to write, and Open two. Up to
// Options.Parallel messages are uploaded at a time. Memory: up to 4 MiB for each, and what the driver
// holds, which is asked to hold 5 MiB at a time. A message of more than 1 MiB is streamed. One that
// was not uploaded after 10 minutes is an error.
//
// # Putting again, and deleting
//
// Object stores cannot delete an object on the condition that nobody has written it
// meanwhile, or each in a way of its own. Therefore a key is never written again at a later time.
// What is put again after 45 minutes moves to a key of now: the store copies it, and
// the key before is removed. If it cannot be copied, it is uploaded. DeleteBlobs removes only keys
// that it has seen and that are old, so it cannot remove what a Put writes at the same time; nor can
// a request that arrives late.
//
// What the store does not guarantee is left to the age that Syncer.CleanArchive demands. The time in a
// key is that of the machine that put the message: keep the clocks of all machines within half an hour
// of each other. A call that dies may leave a message in two objects, which costs space only, until
// the message is put again or deleted.
//
// # What the store must do
//
// A listing has to show what was written before it, as those of S3, Google, Azure and MinIO do. An object has
// to appear as a whole or not at all, durably. Package memblob does the first, in memory, for tests;
// fileblob does not sync files and is not for production: see adapters/filearchive instead.
// Let a lifecycle rule of the bucket end multipart uploads that are incomplete after a day: the parts of
// a message above 5 MiB whose upload was killed cost space until then. Do not let a rule delete
// objects by their age.
//
// # Errors
//
// An error of the store is an *inbound.Error with a hint for the operator: of class
// inbound.ErrPermanent if settings or rights are wrong, inbound.ErrThrottled if the store limits
// requests, and else inbound.ErrTemporary. errors.Is also knows those of package gcerrors that
// are permanent or limits. The text of the store is cut to 500 bytes, without signatures of addresses.
package blob
