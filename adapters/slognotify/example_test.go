package slognotify_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/notify"
)

func Example() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
				return slog.Attr{} // the time differs from run to run
			}
			return a
		},
	}))
	notifier := slognotify.New(logger) // for inbound.Config

	n := notify.Notification{AccountID: "shop", ManagerID: "m1", CustomerID: "c1", EmailID: "e1"}
	if err := notifier.Notify(context.Background(), n.As(notify.IncomingEmail)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// msg=notification id=incoming_email/e1 kind=incoming_email manager=m1 customer=c1 email=e1 account=shop
}
