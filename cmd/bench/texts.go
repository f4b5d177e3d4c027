package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	benchAccount = "AC00000000000000000000000000000001"
	benchToken   = "00000000000000000000000000000001"
	benchKey     = "bench:0000000000000000000000000000000000000000000000000000000000000001"
)

// benchConfig is whose tokens the measured server accepts.
var benchConfig = server.Config{JWTSecret: "bench-jwt-secret-bench-jwt-secret", BackendURL: "http://bench.example"}

// carrier is a played Twilio, and what sends through it.
type carrier struct {
	twilio    *sandbox.Twilio
	server    *httptest.Server
	accounts  *server.Accounts
	messenger *messenger.Messenger
}

func newCarrier(database *db.DB, clients int) (*carrier, error) {
	keys, err := vault.ParseKeyring(benchKey)
	if err != nil {
		return nil, err
	}
	c := &carrier{twilio: sandbox.NewTwilio()}
	c.server = httptest.NewServer(c.twilio)
	texts, err := twilio.New(twilio.Options{BaseURL: c.server.URL,
		HTTP: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}})
	if err == nil {
		err = c.connect(database, keys, texts)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *carrier) connect(database *db.DB, keys *vault.Keyring, texts *twilio.Gateway) error {
	mail, err := email.NewResend(email.ResendOptions{BaseURL: c.server.URL}) // never asked
	if err != nil {
		return err
	}
	c.accounts = server.NewAccounts(keys, texts, mail)
	c.messenger, err = messenger.New(messenger.Options{DB: database, Keys: keys, Twilio: texts, Resend: mail,
		BackendURL: benchConfig.BackendURL, Log: slog.New(slog.DiscardHandler)})
	return err
}

func (c *carrier) close() {
	c.server.Close()
	c.twilio.Close()
}

// member is somebody who writes for a clinic.
type member struct{ token string }

// signIn gives every clinic's owner a token and connects each clinic with the played Twilio, as owners do.
func (h *httpTarget) signIn(ctx context.Context, owner *db.Queries) error {
	clinics, err := owner.BenchClinics(ctx)
	if err != nil {
		return err
	}
	numbers := make([]string, len(clinics))
	for i, clinic := range clinics {
		numbers[i] = clinic.Number
	}
	h.carrier.twilio.AddAccount(benchAccount, benchToken, numbers...)
	for _, clinic := range clinics {
		token, err := server.MintDevToken(benchConfig.JWTSecret, clinic.OrgID, clinic.UserID, benchConfig.Issuer(), time.Hour)
		if err != nil {
			return err
		}
		m := member{token: token}
		err = h.post(ctx, m, "/api/integrations/twilio", map[string]string{
			"accountSid": benchAccount, "authToken": benchToken, "phoneNumber": clinic.Number})
		if err != nil {
			return fmt.Errorf("connect a clinic: %w", err)
		}
		h.staff = append(h.staff, m)
	}
	if len(h.staff) == 0 {
		return errors.New("no clinic has an owner")
	}
	return nil
}

// write sends one follow-up: to the last fifth of the contacts, one after the other, of one clinic after the other.
func (h *httpTarget) write(ctx context.Context) error {
	n := h.written.Add(1) - 1
	clinics := int64(len(h.staff))
	fifth := int64(h.contacts / 5)
	contact := fmt.Sprintf("00000000-0000-7000-8000-%012d", 4*fifth+1+n/clinics%fifth)
	return h.post(ctx, h.staff[n%clinics], "/api/contacts/"+contact+"/sms",
		map[string]string{"message": "Please call us about your visit."})
}

func (h *httpTarget) post(ctx context.Context, m member, path string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = h.send(ctx, m, path, "application/json", bytes.NewReader(data))
	return err
}

// send posts a body and returns the answer; any other than 200 and 201 is an error.
func (h *httpTarget) send(ctx context.Context, m member, path, contentType string, body io.Reader) (answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.server.URL+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+m.token)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Idempotency-Key", uuid.NewString())
	resp, err := h.caller.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err == nil && resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return answer, err
}

// checkTexts says what became of the follow-ups, and fails when a way sent none, or one has no end.
func checkTexts(ctx context.Context, out io.Writer, owner *db.Queries) error {
	rows, err := owner.BenchTexts(ctx)
	if err != nil {
		return err
	}
	sent := map[string]bool{}
	for _, row := range rows {
		fmt.Fprintf(out, "%-8s text %-9s %d rows\n", row.Target, row.Status, row.Messages)
		sent[row.Target] = sent[row.Target] || row.Status == "sent"
	}
	if !sent["pgbench"] || !sent["HTTP"] {
		return errors.New("one of the ways sent no text: the figures mean nothing")
	}
	return nil
}
