package main

import (
	"context"
	"crypto/rand"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db/seed"
	"github.com/voxanne-ai/voxanne/server"
)

// devTokenTTL is long: the token stands in a file that is written at every start.
const devTokenTTL = 30 * 24 * time.Hour

// ownVariable lists, in the env file, the values that nobody gave. A shell that
// has read the file passes them on to the next start, where they are not
// mistaken for the caller's wishes.
const ownVariable = "VOXANNE_OWN"

// given is the caller's value of a variable, empty when there is none or when
// it only came from the env file of the last start.
func (in *instance) given(name string) string {
	value := in.environ[name]
	if value == in.last[name] && slices.Contains(strings.Fields(in.last[ownVariable]), name) {
		return ""
	}
	return value
}

// keep is the caller's value, else the last start's, else a new one.
func (in *instance) keep(name string, fresh func() string) string {
	if value := in.given(name); value != "" {
		return value
	}
	in.own = append(in.own, name)
	if value := in.last[name]; value != "" {
		return value
	}
	return fresh()
}

// configure settles every value, seeds the demo clinics where they fit, and
// writes the env file.
func (in *instance) configure(ctx context.Context) (server.Config, error) {
	environ := maps.Clone(in.environ)
	for _, name := range strings.Fields(in.last[ownVariable]) {
		if in.given(name) == "" {
			delete(environ, name)
		}
	}
	maps.Copy(environ, in.values)
	home, err := filepath.Abs(in.home)
	if err != nil {
		return server.Config{}, err
	}
	environ["VOXANNE_ENV"], environ["VOXANNE_HOME"] = string(server.Dev), home
	for _, name := range []string{"JWT_SECRET", "VAPI_WEBHOOK_SECRET"} {
		if in.given(name) == "" && environ["SUPABASE_URL"] != "" && name == "JWT_SECRET" {
			continue // Supabase's keys are fetched; a secret of ours would let anyone with the file in
		}
		environ[name] = in.keep(name, func() string { return rand.Text() + rand.Text() })
	}
	environ["CREDENTIALS_KEY"] = in.keep("CREDENTIALS_KEY", func() string { return random16() + random16() })
	if in.given("BACKEND_URL") == "" {
		in.own = append(in.own, "BACKEND_URL")
	}
	cfg, err := server.LoadConfig(environ)
	if err != nil {
		return server.Config{}, err
	}
	token, org, err := in.seed(ctx, cfg)
	if err != nil {
		return server.Config{}, err
	}
	in.values["TOKEN"] = token
	if org != uuid.Nil {
		in.values["ORG_ID"] = org.String()
	}
	return cfg, writeEnvFile(envFilePath(in.home), in.variables(cfg))
}

// seed brings the demo clinics and a token for the first one's owner. A
// database that holds other clinics is left alone: no token then.
func (in *instance) seed(ctx context.Context, cfg server.Config) (token string, org uuid.UUID, err error) {
	if !in.database.demo {
		return "", uuid.Nil, nil
	}
	if err := seed.Demo(ctx, string(cfg.AdminDatabaseURL)); err != nil {
		return "", uuid.Nil, err
	}
	if cfg.JWTSecret == "" {
		return "", uuid.Nil, nil
	}
	return mintToken(ctx, cfg, seed.Lakeside, "owner", devTokenTTL)
}

// variables are the env file's lines.
func (in *instance) variables(cfg server.Config) []variable {
	return []variable{
		{"VOXANNE_ENV", string(cfg.Env)},
		{"VOXANNE_HOME", cfg.Home},
		{"PORT", cfg.Port},
		{"BACKEND_URL", cfg.BackendURL},
		{"DATABASE_URL", string(cfg.DatabaseURL)},
		{"DATABASE_DIRECT_URL", string(cfg.DatabaseDirectURL)},
		{"DATABASE_POOLER", cfg.DatabasePooler},
		{"ADMIN_DATABASE_URL", string(cfg.AdminDatabaseURL)},
		{"JWT_SECRET", string(cfg.JWTSecret)},
		{"SUPABASE_URL", cfg.SupabaseURL},
		{"VAPI_WEBHOOK_SECRET", string(cfg.WebhookSecretList)},
		{"VAPI_WEBHOOK_AUTH", string(cfg.WebhookAuth)},
		{"VAPI_PRIVATE_KEY", string(cfg.VapiPrivateKey)},
		{"VAPI_PUBLIC_KEY", cfg.VapiPublicKey},
		{"VAPI_BASE_URL", cfg.VapiBaseURL},
		{"CREDENTIALS_KEY", string(cfg.CredentialsKey)},
		{"TWILIO_BASE_URL", cfg.TwilioBaseURL},
		{"RESEND_BASE_URL", cfg.ResendBaseURL},
		{"RESEND_API_KEY", string(cfg.ResendAPIKey)},
		{"SMTP_URL", string(cfg.SMTPURL)},
		{"EMAIL_FROM", cfg.EmailFrom},
		{"GOOGLE_CLIENT_ID", cfg.GoogleID},
		{"GOOGLE_CLIENT_SECRET", string(cfg.GoogleSecret)},
		{"GOOGLE_BASE_URL", cfg.GoogleBaseURL},
		{"MICROSOFT_CLIENT_ID", cfg.MicrosoftID},
		{"MICROSOFT_CLIENT_SECRET", string(cfg.MicrosoftSecret)},
		{"MICROSOFT_TENANT", cfg.MicrosoftTenant},
		{"MICROSOFT_GRAPH_URL", cfg.MicrosoftGraphURL},
		{"MICROSOFT_LOGIN_URL", cfg.MicrosoftLoginURL},
		{"DASHBOARD_URL", cfg.DashboardURL},
		{"SANDBOX_TWILIO_ACCOUNT_SID", in.values["SANDBOX_TWILIO_ACCOUNT_SID"]},
		{"SANDBOX_TWILIO_AUTH_TOKEN", in.values["SANDBOX_TWILIO_AUTH_TOKEN"]},
		{"SANDBOX_TWILIO_NUMBER", in.values["SANDBOX_TWILIO_NUMBER"]},
		{"SANDBOX_RESEND_API_KEY", in.values["SANDBOX_RESEND_API_KEY"]},
		{"ORG_ID", in.values["ORG_ID"]},
		{"TOKEN", in.values["TOKEN"]},
		{ownVariable, strings.Join(in.own, " ")},
	}
}
