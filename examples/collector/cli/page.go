package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
)

// pageAddress returns where -http wants the health page; "" where it is not given.
func pageAddress(cmd *urfave.Command) (address string, problems []string) {
	text := cmd.String("http")
	if text == "" {
		return "", nil
	}
	address, problem := config.ListenAddress(text)
	if problem != "" {
		return "", []string{fmt.Sprintf("-http %.60q %s", text, problem)}
	}
	return address, nil
}

// page is the health page of a run. The nil page is none.
type page struct {
	listener net.Listener
	server   *http.Server
}

// listenForPage takes the port, before anything else begins. Without an address there is no
// page.
func listenForPage(address string) (*page, error) {
	if address == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("cannot serve the health page at %s: another program has that port; end it, or choose "+
			"a different port by -http or by http in the settings", address)
	}
	if err != nil {
		var inner *net.OpError
		if errors.As(err, &inner) {
			err = inner.Err // it does not repeat the address
		}
		return nil, fmt.Errorf("cannot serve the health page at %s: %w; choose an address of this machine and a port "+
			"above 1023", address, err)
	}
	return &page{listener: listener}, nil
}

// serve serves the page until close.
func (p *page) serve(handler http.Handler, logger *slog.Logger) {
	if p == nil {
		return
	}
	at := p.listener.Addr().String()
	logger.Info("health page", "url", "http://"+at+"/")
	if config.ReachedByOthers(at) {
		logger.Warn("the health page can be reached from other machines, and asks for no password", "http", at,
			"hint", "listen on 127.0.0.1, or let only those who may see it reach the port")
	}
	p.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	go func() {
		if err := p.server.Serve(p.listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error("the health page is no longer served", "http", at, "error", err)
		}
	}()
}

// pageEnd is how long requests that are under way have at the end of a run.
const pageEnd = 500 * time.Millisecond

func (p *page) close() {
	switch {
	case p == nil:
	case p.server == nil: // the run has failed before
		_ = p.listener.Close()
	default:
		ctx, cancel := context.WithTimeout(context.Background(), pageEnd)
		defer cancel()
		if p.server.Shutdown(ctx) != nil {
			_ = p.server.Close()
		}
	}
}
