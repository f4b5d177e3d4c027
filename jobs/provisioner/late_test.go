package provisioner

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// late holds the first request of a name back at Vapi: the caller hears nothing, and it acts when held is called.
type late struct {
	*testBundle
	name request
	held func()
}

func (l *late) hook(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	if l.held != nil || nameOf(r) != l.name {
		return next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	l.held = func() {
		again := r.Clone(context.Background())
		again.Body = io.NopCloser(bytes.NewReader(body))
		if resp, err := next.RoundTrip(again); err == nil {
			resp.Body.Close()
		}
	}
	l.vapi.Fail(sandbox.Failure{Delay: time.Minute})
	ctx, cancel := context.WithTimeout(r.Context(), 30*time.Millisecond)
	defer cancel()
	unheard := r.Clone(ctx)
	unheard.Body = io.NopCloser(bytes.NewReader(body))
	return next.RoundTrip(unheard)
}

// Vapi takes one account twice: what a request without an answer may make is awaited, then looked for.
func TestACredentialThatComesLateIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := &late{b, "POST /credential", nil}
	p := b.provisioner(t, l.hook)
	run := b.toBreak(t, p, setUp)
	again, err := p.Work(t.Context(), b.clinic.org, run)
	require.NoError(t, err)
	require.Greater(t, again, 20*time.Second)
	l.held()
	b.pass(t, again)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
	require.Len(t, b.vapi.Credentials(), 1)
}

// Vapi refuses a number twice: the refusal tells that the request before was heard.
func TestANumberThatComesLateIsTheLine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := &late{b, "POST /phone-number", nil}
	listed := 0
	p := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := l.hook(r, next)
		if nameOf(r) == "GET /phone-number" {
			if listed++; listed == 2 { // after the second try looked, before it imports
				l.held()
			}
		}
		return resp, err
	})
	run := b.toBreak(t, p, setUp)
	b.drive(t, p, b.clinic, run)
	require.Equal(t, 3, b.vapi.Counts()["POST /phone-number"], "control: unheard, refused, and late")
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
}

func TestAnotherTokenAfterADeathFindsTheFirstCredential(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, die := context.WithCancel(t.Context())
	p := b.provisioner(t, b.strike(fault{dies: "after", times: 1}, 0, "POST /credential", die))
	run := b.toBreak(t, p, setUp)
	_, err := p.Work(ctx, b.clinic.org, run)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, b.vapi.Credentials(), 1, "control: it was given")
	_, err = b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
	require.NoError(t, err)
	b.drive(t, b.provisioner(t, nil), b.clinic, run)
	require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
	require.Len(t, b.vapi.Credentials(), 1)
}

func TestACredentialThatCannotBeChangedIsReplaced(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		b := setup(t)
		p := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if r.Method == http.MethodPatch && nameOf(r) == "PATCH /credential/{id}" {
				return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(`{}`))), Request: r}, nil
			}
			return next.RoundTrip(r)
		})
		run := b.toBreak(t, p, setUp)
		b.drive(t, p, b.clinic, run)
		_, err := b.begin(t, b.clinic, func(p *db.BeginProvisioningParams) { p.AccountChanged = true })
		require.NoError(t, err)
		b.drive(t, p, b.clinic, run)
		require.Equal(t, "active", b.requireWhole(t, b.clinic, run))
		require.Equal(t, 2, b.vapi.Counts()["POST /credential"], "control: it was given anew")
		require.Len(t, b.vapi.Credentials(), 1)
	}
}
