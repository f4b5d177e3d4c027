package main

import (
	"fmt"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
)

// newMessenger puts together what sends the messages of cfg; without to.metrics nobody counts them.
func newMessenger(cfg server.Config, opened *db.DB, to observed) (*messenger.Messenger, error) {
	texts, resend, err := reachProviders(cfg)
	if err != nil {
		return nil, err
	}
	platform, err := platformEmail(cfg, resend)
	if err != nil {
		return nil, err
	}
	var metrics *messenger.Metrics
	if to.metrics != nil {
		if metrics, err = messenger.NewMetrics(to.metrics.Registerer()); err != nil {
			return nil, err
		}
	}
	return messenger.New(messenger.Options{
		DB: opened, Keys: cfg.Keys, Twilio: texts, Resend: resend, PlatformEmail: platform, PlatformFrom: cfg.EmailFrom,
		BackendURL: cfg.BackendURL, DashboardURL: cfg.DashboardURL, Metrics: metrics, Log: to.log,
	})
}

// reachProviders makes the ways to the providers whose accounts clinics connect.
func reachProviders(cfg server.Config) (*twilio.Gateway, *email.Resend, error) {
	texts, err := twilio.New(twilio.Options{BaseURL: cfg.TwilioBaseURL})
	if err != nil {
		return nil, nil, fmt.Errorf("reach Twilio: %w", err)
	}
	resend, err := email.NewResend(email.ResendOptions{BaseURL: cfg.ResendBaseURL})
	if err != nil {
		return nil, nil, fmt.Errorf("reach Resend: %w", err)
	}
	return texts, resend, nil
}

// platformEmail sends for clinics without a Resend account of their own; nil when the platform has neither a Resend key
// nor a mail server.
func platformEmail(cfg server.Config, resend *email.Resend) (email.Sender, error) {
	switch {
	case cfg.ResendAPIKey != "":
		return resend.With(string(cfg.ResendAPIKey)), nil
	case cfg.SMTPURL != "":
		sender, err := email.NewSMTP(string(cfg.SMTPURL))
		if err != nil {
			return nil, fmt.Errorf("reach the mail server: %w", err)
		}
		return sender, nil
	}
	return nil, nil
}
