package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	benchRedirect     = "https://bench.example/api/google-oauth/callback"
	benchGoogleClient = "bench.apps.googleusercontent.com"
	benchGoogleSecret = "bench-google-secret"
	benchZone         = "America/Chicago"
	readWithin        = time.Minute // all calendars for the first time
)

// playedGoogle is a Google of one kind of clinics, which answers as that kind's should.
type playedGoogle struct {
	name      string
	google    *sandbox.Google
	server    *httptest.Server
	calendars []string
}

// front is the one address at which workers reach all played Googles: a calendar's id says which.
type front struct {
	server *httptest.Server
	played map[string]*playedGoogle
}

func newFront() *front {
	f := &front{played: map[string]*playedGoogle{}}
	f.server = httptest.NewServer(f)
	return f
}

// play adds a Google. It must not be called once requests come.
func (f *front) play(name string) *playedGoogle {
	p := &playedGoogle{name: name, google: sandbox.NewGoogle(benchGoogleClient, benchGoogleSecret, benchRedirect)}
	p.server = httptest.NewServer(p.google)
	f.played[name] = p
	return p
}

func (f *front) close() {
	f.server.Close()
	for _, p := range f.played {
		p.server.Close()
		p.google.Close()
	}
}

// ServeHTTP finds the Google whose calendar a request is about. Tokens are fresh for as long as a run lasts.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/calendar/v3/calendars/"), "/")
	for _, p := range f.played {
		for _, held := range p.calendars {
			if id == held {
				p.google.ServeHTTP(w, r)
				return
			}
		}
	}
	http.NotFound(w, r)
}

// visits is how many events of ours its calendars hold.
func (p *playedGoogle) visits() int {
	n := 0
	for _, id := range p.calendars {
		for _, e := range p.google.Events(id) {
			if _, ours := google.AppointmentOf(e.ID); ours && e.Status != "cancelled" {
				n++
			}
		}
	}
	return n
}

// keeper opens the grants of a Google at this address.
func (b *calendarsBench) keeper(address string) (*grants.Keeper, error) {
	keys, err := vault.ParseKeyring(benchKey)
	if err != nil {
		return nil, err
	}
	client, err := google.New(google.Options{ClientID: benchGoogleClient, ClientSecret: benchGoogleSecret, BaseURL: address})
	if err != nil {
		return nil, err
	}
	return grants.New(grants.Options{DB: b.service.database, Keys: keys, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Providers: []calendar.Provider{calendar.NewGoogle(client, benchRedirect)}})
}

// connect gives every clinic an account at its kind's Google and every practitioner a calendar, as owners do, starts the
// workers and waits until they have read all of it.
func (b *calendarsBench) connect(ctx context.Context) (stop func() error, err error) {
	begun := time.Now()
	for _, kind := range b.kinds[1:] {
		for i, clinic := range kind.clinics {
			if err := b.connectClinic(ctx, kind.played, clinic, i); err != nil {
				return nil, err
			}
		}
	}
	stop, err = b.work(ctx)
	if err != nil {
		return nil, err
	}
	var now db.BenchMirrorsRow
	err = poll(ctx, readWithin, func(ctx context.Context) (bool, error) {
		var err error
		now, err = b.owner.BenchMirrors(ctx)
		return now.Links == now.Synced, err
	})
	if err == nil && (now.Links != now.Synced || now.Blocks == 0) {
		err = fmt.Errorf("only %d of %d calendars were read", now.Synced, now.Links)
	}
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	fmt.Fprintf(b.out, "%.3g bookings a second, in %d clinics of each kind; %d calendars with %d events read within %.1f s\n\n",
		b.saves, clinicsPerKind, now.Links, now.Blocks, time.Since(begun).Seconds())
	return stop, nil
}

func (b *calendarsBench) connectClinic(ctx context.Context, played *playedGoogle, clinic db.BenchClinicsRow, n int) error {
	email := fmt.Sprintf("%s-%d@patients.example", played.name, n)
	played.google.AddPerson(email, benchZone)
	claims := fmt.Appendf(nil, `{"sub":%q,"app_metadata":{"org_id":%q}}`, clinic.UserID, clinic.OrgID)
	if err := b.consent(ctx, played, clinic.OrgID, claims, email); err != nil {
		return err
	}
	practitioners, err := b.owner.BenchResources(ctx, []uuid.UUID{clinic.OrgID})
	if err != nil {
		return err
	}
	for _, practitioner := range practitioners {
		id := played.google.AddCalendar(email, "Practitioner", benchZone)
		played.calendars = append(played.calendars, id)
		fill(played.google, id)
		err := b.service.database.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) error {
			_, err := tx.LinkCalendar(ctx, db.LinkCalendarParams{Provider: calendar.Google, ResourceID: practitioner.ID,
				ExternalCalendarID: id, TimeZone: benchZone, Writes: true})
			return err
		})
		if err != nil {
			return fmt.Errorf("link a calendar: %w", err)
		}
	}
	return nil
}

// fill puts an hour's event into each of the coming days, where bookings may want to be.
func fill(played *sandbox.Google, calendarID string) {
	day := time.Now().UTC().Truncate(24 * time.Hour)
	for i := range eventsAhead {
		start := day.AddDate(0, 0, 2*i+1).Add(time.Duration(14+i%8) * time.Hour)
		played.Add(calendarID, sandbox.GoogleEvent{Start: sandbox.At(start, benchZone), End: sandbox.At(start.Add(time.Hour), benchZone)})
	}
}

// consent goes the whole way from the click on "connect" to the person's word that it is their account.
func (b *calendarsBench) consent(ctx context.Context, played *playedGoogle, org uuid.UUID, claims []byte, email string) error {
	keeper, err := b.keeper(played.server.URL)
	if err != nil {
		return err
	}
	provider, _ := keeper.Provider(calendar.Google)
	state, verifier := rand.Text(), google.NewVerifier()
	sealed, err := keeper.SealVerifier(org, provider.Credential(), verifier)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(state))
	var id uuid.UUID
	err = b.service.database.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) (err error) {
		id, err = tx.BeginOAuth(ctx, db.BeginOAuthParams{Provider: provider.Credential(), StateHash: hash[:],
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID})
		return err
	})
	if err != nil {
		return fmt.Errorf("begin to connect: %w", err)
	}
	code, err := codeOf(ctx, provider.AuthURL(state, verifier, email))
	if err != nil {
		return err
	}
	taken, err := b.service.database.Platform().TakeOAuth(ctx, hash[:])
	if err != nil {
		return fmt.Errorf("take the consent: %w", err)
	}
	if _, err := keeper.Park(ctx, taken, code); err != nil {
		return err
	}
	return b.service.database.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) error {
		_, err := tx.ConfirmGrant(ctx, id)
		return err
	})
}

// codeOf opens a consent's page as a browser does, where the person says yes, and returns the code that comes back.
func codeOf(ctx context.Context, page string) (string, error) {
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := browser.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask for consent: %w", err)
	}
	defer resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || back.Query().Get("code") == "" {
		return "", fmt.Errorf("ask for consent: status %d without a code", resp.StatusCode)
	}
	return back.Query().Get("code"), nil
}

// work starts one process's workers as `voxanne work` does.
func (b *calendarsBench) work(ctx context.Context) (stop func() error, err error) {
	keeper, err := b.keeper(b.front.server.URL)
	if err != nil {
		return nil, err
	}
	syncer, err := calendarsync.New(calendarsync.Options{DB: b.service.database, Accounts: keeper, BackendURL: benchConfig.BackendURL})
	if err != nil {
		return nil, err
	}
	return startWorkers(ctx, jobs.Options{DirectURL: b.loginURL, DB: b.service.database, ReadReport: noReport, Calendars: syncer,
		Log: slog.New(slog.DiscardHandler)}), nil
}
