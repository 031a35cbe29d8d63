package oauth2token

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/oauth2"
)

// FromSource returns the source's token, whose AccessToken is well-formed. Every
// error is an *Error. A TokenSource takes no context, so its call may go on for
// a while after ctx has ended; FromSource does not wait for it.
func FromSource(ctx context.Context, source oauth2.TokenSource) (*oauth2.Token, error) {
	type result struct {
		token *oauth2.Token
		err   error
	}
	got := make(chan result, 1)
	go func() {
		token, err := source.Token()
		got <- result{token, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ended(ctx)
	case r := <-got:
		return checked(ctx, r.token, r.err)
	}
}

// Refresh trades a refresh token for an access token, which is well-formed. The
// returned token has the refresh token for the next time: a new one, or the
// same. Every error is an *Error, which shows neither the refresh token nor the
// client secret. The HTTP client may be set in ctx by oauth2.HTTPClient.
func Refresh(ctx context.Context, config *oauth2.Config, refreshToken string) (*oauth2.Token, error) {
	if refreshToken == "" {
		return nil, &Error{Class: Denied, Hint: hintSignIn, Err: errors.New("there is no refresh token")}
	}
	token, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	return checked(ctx, token, err, refreshToken, config.ClientSecret)
}

// checked returns a token only if it is good for something. The secrets are those
// that a failure must not show.
func checked(ctx context.Context, token *oauth2.Token, err error, secrets ...string) (*oauth2.Token, error) {
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ended(ctx)
	case err != nil:
		return nil, failure(err, secrets)
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
