// Package demo plays whole telephone calls against a running instance, signed
// and shaped as Vapi sends them, the texts that follow and a file that a clinic uploads, and checks every promise of the service in the
// rows that they leave.
//
// It can be played again and again: it asks for free days and uses numbers that
// nobody called from before, and it removes nothing.
package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

// Options says which instance to play against. All but Twilio are required.
type Options struct {
	BackendURL      string // where the instance listens, without path
	WebhookAuth     server.WebhookAuth
	WebhookSecret   server.Secret // signs what is sent, or is sent along, as WebhookAuth says
	DatabaseURL     server.Secret // of voxanne_login: what a clinic's members see
	DatabaseOptions []db.Option   // how to connect there
	AdminURL        server.Secret // of the owner: what really is in the tables
	JWTSecret       server.Secret // signs the tokens of the clinics' members
	Twilio          Twilio        // the played account; where Twilio is real nobody is texted
	HTTP            *http.Client
	Out             io.Writer // the conversation, the rows, the promises
}

// scene is one part of the play. An error means that the play cannot go on, not
// that a promise was broken.
type scene func(*play, context.Context) error

// script is the play in order; later scenes need the rows of earlier ones.
func script() []scene {
	return []scene{
		(*play).strangerAtTheDoor, (*play).firstCall, (*play).secondCaller, (*play).spoofedCaller,
		(*play).otherClinic, (*play).documents, (*play).rush, (*play).reports, (*play).texts, (*play).isolation, (*play).rows,
	}
}

// Run plays everything and prints it. The error is a *BrokenError when a
// promise was broken; any other says why the play stopped.
func Run(ctx context.Context, o Options) error {
	p, err := enter(ctx, o)
	if err != nil {
		return err
	}
	defer p.leave(ctx)
	p.heading("%s · %s (%s) · %s", o.BackendURL, p.lakeside.Name, p.lakeside.TimeZone, p.lakeside.Number)
	for _, scene := range script() {
		if err := scene(p, ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return p.verdict()
}

// proof is how a message shows that it comes from Vapi.
func (o Options) proof(secret server.Secret) sandbox.Authentication {
	if o.WebhookAuth == server.AuthSecret {
		return sandbox.Secret(string(secret))
	}
	return sandbox.SignSeconds(string(secret))
}

// caller sends what Vapi would send.
func (o Options) caller(auth sandbox.Authentication) *sandbox.Caller {
	return &sandbox.Caller{BaseURL: o.BackendURL, HTTP: o.HTTP, Auth: auth, Now: time.Now}
}
