package oauth2token

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/postroom/postroom/internal/redact"
)

// Refresh trades a refresh token for an access token, which is well-formed. The
// returned token has the refresh token for the next time: a new one, or the
// same. Every error is an *Error, which shows neither the refresh token nor the
// client secret. The HTTP client may be set in ctx by oauth2.HTTPClient; see [Client]. A
// redirect is not followed, whatever that client says.
func Refresh(ctx context.Context, config *oauth2.Config, refreshToken string) (*oauth2.Token, error) {
	if refreshToken == "" {
		return nil, &Error{Class: Denied, Hint: hintSignIn, Err: errors.New("there is no refresh token")}
	}
	ctx = withoutRedirects(ctx)
	if config.Endpoint.AuthStyle != oauth2.AuthStyleAutoDetect {
		return refresh(ctx, config, refreshToken)
	}
	// Package oauth2 would try the second form after any failure, also of a server that
	// wants to be left alone.
	token, err := refresh(ctx, inStyle(config, oauth2.AuthStyleInHeader), refreshToken)
	var failed *Error
	if errors.As(err, &failed) && failed.Class != Throttled && failed.Class != Misconfigured &&
		failed.RetryAfter == 0 && ctx.Err() == nil {
		return refresh(ctx, inStyle(config, oauth2.AuthStyleInParams), refreshToken)
	}
	return token, err
}

// inStyle returns the config with one form of sending the client's ID and secret.
func inStyle(config *oauth2.Config, style oauth2.AuthStyle) *oauth2.Config {
	endpoint := config.Endpoint
	endpoint.AuthStyle = style
	return &oauth2.Config{ClientID: config.ClientID, ClientSecret: config.ClientSecret, Endpoint: endpoint,
		Scopes: config.Scopes}
}

func refresh(ctx context.Context, config *oauth2.Config, refreshToken string) (*oauth2.Token, error) {
	token, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	return checked(ctx, token, err, hider(config, refreshToken))
}

// hider returns what hides the secrets of a request in the answer to it.
func hider(config *oauth2.Config, refreshToken string) func(text string) string {
	basic := url.QueryEscape(config.ClientID) + ":" + url.QueryEscape(config.ClientSecret)
	return redact.New(redact.Sent{
		Secrets:  []string{refreshToken, config.ClientSecret},
		Messages: []string{base64.StdEncoding.EncodeToString([]byte(basic))},
		Logins:   []string{"client_secret=", "refresh_token="},
		Known:    []string{config.ClientID, config.Endpoint.TokenURL},
	}).Text
}

// checked returns a token only if it is good for something. hide hides what a failure must
// not show.
func checked(
	ctx context.Context, token *oauth2.Token, err error, hide func(text string) string,
) (*oauth2.Token, error) {
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ended(ctx)
	case err != nil:
		return nil, failure(err, hide)
	case token == nil || token.AccessToken == "":
		return nil, &Error{Class: Denied, Hint: hintSignIn, Err: errors.New("the access token is empty")}
	case !WellFormed(token.AccessToken):
		return nil, &Error{Class: Denied, Hint: hintSignIn,
			Err: errors.New("the access token has a space or a character outside of ASCII in it")}
	}
	return token, nil
}

// WellFormed reports whether an access token can be sent: it is not empty and
// consists of visible ASCII characters (RFC 6749, appendix A.12, less the space,
// which RFC 6750 excludes).
func WellFormed(accessToken string) bool {
	return accessToken != "" && !strings.ContainsFunc(accessToken, func(c rune) bool { return c <= ' ' || c > '~' })
}
