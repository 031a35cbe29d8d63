module github.com/postroom/postroom/internal/mailserver/gluon

go 1.26.0

require (
	github.com/ProtonMail/gluon v0.17.1-0.20230724134000-308be39be96e
	github.com/sirupsen/logrus v1.9.0
	golang.org/x/text v0.7.0
)

require (
	github.com/bradenaw/juniper v0.12.0 // indirect
	github.com/emersion/go-imap v1.2.1 // indirect
	github.com/google/uuid v1.3.0 // indirect
	github.com/mattn/go-sqlite3 v1.14.17 // indirect
	github.com/pierrec/lz4/v4 v4.1.17 // indirect
	golang.org/x/exp v0.0.0-20230213192124-5e25df0256eb // indirect
	golang.org/x/sync v0.1.0 // indirect
	golang.org/x/sys v0.5.0 // indirect
)
