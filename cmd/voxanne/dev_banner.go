package main

import (
	"fmt"
	"io"

	"github.com/voxanne-ai/voxanne/server"
)

// printBanner says what runs, what of it is real, and what to try.
func (in *instance) printBanner(w io.Writer, cfg server.Config) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "  %-9s %s\n", label, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w, "\nVoxanne runs on %s. Ctrl-C stops it.\n\n", cfg.BackendURL)
	if in.database.cluster != nil {
		line("real", "PostgreSQL: a private cluster in %s/pg, port %d", in.home, in.database.cluster.Port())
	} else {
		line("real", "PostgreSQL: %s (DATABASE_URL)", place(string(cfg.DatabaseURL)))
	}
	line("real", "the server, the workers, sign-in, webhook authentication (%s)", cfg.WebhookAuth)
	in.printServices(line, cfg)
	fmt.Fprintln(w)
	if in.database.demo {
		line("clinics", "lakeside-dental  Lakeside Dental, Chicago  +13125550100")
		line("", "harbor-skin      Harbor Skin, London       +442079460100")
	} else {
		line("clinics", "yours: this database is in use, so no demo clinics were put into it")
	}
	line("health", "%s/readyz", cfg.BackendURL)
	line("API", "%s/openapi.yaml", cfg.BackendURL)
	line("webhooks", "%s/api/vapi/webhook, /api/vapi/tools", cfg.BackendURL)
	line("values", "set -a; . %s", envFilePath(in.home))
	if token := in.values["TOKEN"]; token != "" {
		line("token", "%s", token)
		line("", "(TOKEN: the owner of Lakeside Dental, for 30 days)")
		fmt.Fprintf(w, "\nTry, in another terminal:\n\n  make demo\n  set -a; . %s; curl -H \"Authorization: Bearer $TOKEN\" $BACKEND_URL/api/orgs/validate/$ORG_ID\n", envFilePath(in.home))
	}
	fmt.Fprintln(w)
}

// printServices says which outside services are played, why, and how to use them.
func (in *instance) printServices(line func(label, format string, args ...any), cfg server.Config) {
	if in.plays("vapi") {
		line("played", "Vapi: %s, because VAPI_PRIVATE_KEY is not set", cfg.VapiBaseURL)
	} else {
		line("real", "Vapi: %s", cfg.VapiBaseURL)
	}
	if in.plays("twilio") {
		line("played", "Twilio: %s, because TWILIO_BASE_URL is not set; texts go nowhere", cfg.TwilioBaseURL)
		line("", "its one account: %s, number %s, token in SANDBOX_TWILIO_AUTH_TOKEN",
			in.values["SANDBOX_TWILIO_ACCOUNT_SID"], in.values["SANDBOX_TWILIO_NUMBER"])
		if in.database.demo {
			line("", "make demo connects it to Lakeside Dental; until then nobody is texted")
		}
	} else {
		line("real", "Twilio: %s", cfg.TwilioBaseURL)
	}
	if in.plays("resend") {
		line("played", "Resend: %s, because RESEND_API_KEY is not set; e-mails go nowhere", cfg.ResendBaseURL)
		line("", "its domain: %s, key in SANDBOX_RESEND_API_KEY", sandboxDomain)
	} else {
		line("real", "Resend: %s", cfg.ResendBaseURL)
	}
	in.printCalendars(line, cfg)
	if cfg.KeepsFilesIn() == server.InDirectory {
		line("real", "recordings: kept in %s", cfg.StorageDir)
	} else {
		line("real", "recordings: kept in a bucket (%s)", cfg.KeepsFilesIn())
	}
	if cfg.EmbeddingBaseURL == "" {
		line("lexical", "documents: compared by their words on this machine, not by meaning, because EMBEDDING_BASE_URL is not set")
	} else {
		line("real", "documents: compared by %s", cfg.EmbeddingModel)
	}
	if cfg.SMTPURL != "" {
		line("real", "e-mail of the platform: SMTP_URL")
	}
}

// printCalendars says whose calendars can be connected, and where those of played people are edited by hand.
func (in *instance) printCalendars(line func(label, format string, args ...any), cfg server.Config) {
	for _, provider := range []struct{ name, title, variable, id, address, person string }{
		{"google", "Google", "GOOGLE_CLIENT_ID", cfg.GoogleID, cfg.GoogleBaseURL, sandboxGooglePerson},
		{"microsoft", "Outlook", "MICROSOFT_CLIENT_ID", cfg.MicrosoftID, cfg.MicrosoftGraphURL, sandboxMicrosoftPerson},
	} {
		switch {
		case in.plays(provider.name):
			line("played", "%s calendars: %s, because %s is not set", provider.title, provider.address, provider.variable)
			line("", "their one person: %s, who consents at once; open the address to edit the calendars", provider.person)
		case provider.id != "":
			line("real", "%s calendars: our app %s", provider.title, provider.id)
		default:
			line("absent", "%s calendars: %s is not set", provider.title, provider.variable)
		}
	}
}
