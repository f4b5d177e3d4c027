// Package email is a stand-in.
package email

import (
	"context"
	"errors"
	"net/http"
)

var ErrUnauthorized = errors.New("a")

type ResendOptions struct {
	BaseURL string
	HTTP    *http.Client
}
type Resend struct{}

func NewResend(ResendOptions) (*Resend, error)              { return &Resend{}, nil }
func (*Resend) Verify(_ context.Context, _, _ string) error { return ErrUnauthorized }
