package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

// What the played services admit. The number is of the range that is reserved for fiction.
const (
	sandboxNumber = "+13125550190"
	sandboxDomain = "clinic.example"
	sandboxFrom   = "Voxanne <voxanne@" + sandboxDomain + ">"
)

// playedPace has outbound calls answered soon, yet leaves the time to see them ring; what ends within five seconds counts
// as missed.
func playedPace() sandbox.Pace { return sandbox.Pace{Ring: 2 * time.Second, Talk: 6 * time.Second} }

// playedService is an outside service that this process plays on a port of its own.
type playedService struct {
	name    string
	handler http.Handler
	port    net.Listener
}

// play opens a port for a service and makes it the value of variable.
func (in *instance) play(ctx context.Context, name, variable string, handler http.Handler) error {
	var config net.ListenConfig
	port, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open a port for the played %s: %w", name, err)
	}
	in.own = append(in.own, variable)
	in.values[variable] = "http://" + port.Addr().String()
	in.played = append(in.played, playedService{name: name, handler: handler, port: port})
	return nil
}

// plays says whether a service is played.
func (in *instance) plays(name string) bool {
	for _, service := range in.played {
		if service.name == name {
			return true
		}
	}
	return false
}

// playServices plays those outside services to which nobody gave a way.
func (in *instance) playServices(ctx context.Context) error {
	if err := in.playVapi(ctx); err != nil {
		return err
	}
	if err := in.playTwilio(ctx); err != nil {
		return err
	}
	if err := in.playResend(ctx); err != nil {
		return err
	}
	if err := in.playGoogle(ctx); err != nil {
		return err
	}
	return in.playMicrosoft(ctx)
}

// servePlayed serves the played services until ctx ends.
func (in *instance) servePlayed(ctx context.Context, group *errgroup.Group, log *slog.Logger) {
	for _, service := range in.played {
		group.Go(func() error {
			return server.ServeListener(ctx, service.handler, service.port, log.With("plays", service.name))
		})
	}
}

// closePlayed closes ports that were not served in the end, and ends what the services still do.
func (in *instance) closePlayed() {
	for _, service := range in.played {
		service.port.Close()
		if running, ok := service.handler.(interface{ Close() }); ok {
			running.Close()
		}
	}
}

// playVapi plays Vapi when there is no key to the real one.
func (in *instance) playVapi(ctx context.Context) error {
	if key := in.given("VAPI_PRIVATE_KEY"); key != "" {
		in.values["VAPI_PRIVATE_KEY"] = key
		return nil
	}
	key := in.keep("VAPI_PRIVATE_KEY", func() string { return "sandbox-" + rand.Text() })
	in.values["VAPI_PRIVATE_KEY"] = key
	played := sandbox.NewVapi(key)
	played.RecordEverything()
	played.SetPace(playedPace())
	return in.play(ctx, "vapi", "VAPI_BASE_URL", played)
}

// letCall lets the played Vapi, where there is one, call for all assistants of the database: it forgets its own with every
// start, and never had those of the demo clinics.
func (in *instance) letCall(cfg server.Config) {
	for _, service := range in.played {
		if played, ok := service.handler.(*sandbox.Vapi); ok {
			played.KnowStrangers(cfg.BackendURL+sandbox.PathWebhook, string(cfg.WebhookSecrets[0]))
		}
	}
}

// playTwilio plays Twilio, with one account that a clinic can connect, unless an
// address is given: clinics bring the keys to the real one.
func (in *instance) playTwilio(ctx context.Context) error {
	if in.given("TWILIO_BASE_URL") != "" {
		return nil
	}
	sid := in.keep("SANDBOX_TWILIO_ACCOUNT_SID", func() string { return "AC" + random16() })
	token := in.keep("SANDBOX_TWILIO_AUTH_TOKEN", random16)
	in.values["SANDBOX_TWILIO_ACCOUNT_SID"], in.values["SANDBOX_TWILIO_AUTH_TOKEN"] = sid, token
	in.values["SANDBOX_TWILIO_NUMBER"] = sandboxNumber
	in.own = append(in.own, "SANDBOX_TWILIO_NUMBER")
	played := sandbox.NewTwilio()
	played.AddAccount(sid, token, sandboxNumber)
	for _, service := range in.played {
		if telephone, ok := service.handler.(*sandbox.Vapi); ok {
			telephone.Telephony(played) // numbers are imported from it
		}
	}
	played.Deliver(true)
	return in.play(ctx, "twilio", "TWILIO_BASE_URL", played)
}

// playResend plays Resend unless an address or a key is given. The platform's
// own e-mail goes there too, unless there is a mail server for it.
func (in *instance) playResend(ctx context.Context) error {
	if in.given("RESEND_BASE_URL") != "" || in.given("RESEND_API_KEY") != "" {
		return nil
	}
	key := in.keep("SANDBOX_RESEND_API_KEY", func() string { return "re_" + rand.Text() })
	in.values["SANDBOX_RESEND_API_KEY"] = key
	domains := []string{sandboxDomain}
	if in.given("SMTP_URL") == "" {
		in.own = append(in.own, "RESEND_API_KEY")
		in.values["RESEND_API_KEY"] = key
		in.values["EMAIL_FROM"] = in.keep("EMAIL_FROM", func() string { return sandboxFrom })
		domains = append(domains, domainOf(in.values["EMAIL_FROM"]))
	}
	played := sandbox.NewResend(key)
	played.Verified(domains...)
	return in.play(ctx, "resend", "RESEND_BASE_URL", played)
}

// domainOf is the domain of an e-mail address, empty when it is none.
func domainOf(address string) string {
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return ""
	}
	_, domain, _ := strings.Cut(parsed.Address, "@")
	return domain
}

// random16 is 16 random bytes as 32 hexadecimal digits, the form of Twilio's ids and tokens.
func random16() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process when the system has no randomness
	return hex.EncodeToString(b[:])
}
