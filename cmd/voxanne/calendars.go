package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/server"
)

// newCalendars reaches the providers of calendars at which cfg has an app; none: no calendar can be connected.
func newCalendars(cfg server.Config) ([]calendar.Provider, error) {
	var providers []calendar.Provider
	if cfg.OffersGoogle() {
		client, err := google.New(google.Options{ClientID: cfg.GoogleID, ClientSecret: string(cfg.GoogleSecret), BaseURL: cfg.GoogleBaseURL})
		if err != nil {
			return nil, fmt.Errorf("reach Google: %w", err)
		}
		providers = append(providers, calendar.NewGoogle(client, cfg.BackendURL+server.GoogleCallbackPath))
	}
	if cfg.OffersMicrosoft() {
		client, err := microsoft.New(microsoft.Options{
			BaseURL: cfg.MicrosoftGraphURL, LoginURL: cfg.MicrosoftLoginURL, Tenant: cfg.MicrosoftTenant,
			ClientID: cfg.MicrosoftID, ClientSecret: string(cfg.MicrosoftSecret), RedirectURL: cfg.BackendURL + server.MicrosoftCallbackPath,
		})
		if err != nil {
			return nil, fmt.Errorf("reach Microsoft: %w", err)
		}
		providers = append(providers, calendar.NewMicrosoft(client))
	}
	return providers, nil
}

// newKeeper keeps what people allowed us to do with their calendars; nil when no provider is set up.
func newKeeper(cfg server.Config, opened *db.DB, log *slog.Logger) (*grants.Keeper, error) {
	providers, err := newCalendars(cfg)
	if err != nil || len(providers) == 0 {
		return nil, err
	}
	return grants.New(grants.Options{DB: opened, Keys: cfg.Keys, Providers: providers, Log: log, Now: time.Now})
}

// newCalendarWork keeps calendars in step with visits; both nil when no provider is set up.
func newCalendarWork(cfg server.Config, opened *db.DB, to observed) (*grants.Keeper, *calendarsync.Syncer, error) {
	keeper, err := newKeeper(cfg, opened, to.log)
	if err != nil || keeper == nil {
		return nil, nil, err
	}
	syncer, err := calendarsync.New(calendarsync.Options{DB: opened, Accounts: keeper, BackendURL: cfg.BackendURL, Log: to.log,
		Metrics: calendarsync.NewMetrics(to.metrics.Registerer())})
	return keeper, syncer, err
}
