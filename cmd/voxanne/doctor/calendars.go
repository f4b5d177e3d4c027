package doctor

import (
	"context"
	"errors"
	"slices"

	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// nobodysGrant is a refresh token that no provider has given: a provider that takes our app says invalid_grant to it, one that
// does not says invalid_client.
const nobodysGrant = "doctor-asks"

func (d doctor) google(ctx context.Context) verdict {
	if !d.Config.OffersGoogle() {
		return unused("Not asked: GOOGLE_CLIENT_ID is not set.")
	}
	return d.app(ctx, calendar.Google, "GOOGLE", "Google")
}

func (d doctor) microsoft(ctx context.Context) verdict {
	if !d.Config.OffersMicrosoft() {
		return unused("Not asked: MICROSOFT_CLIENT_ID is not set.")
	}
	return d.app(ctx, calendar.Microsoft, "MICROSOFT", "Microsoft")
}

// app asks whether a provider takes our app's id and secret. A redirect address that is not registered shows only when somebody
// connects a calendar.
func (d doctor) app(ctx context.Context, provider, variables, name string) verdict {
	providers, err := d.Calendars()
	i := slices.IndexFunc(providers, func(p calendar.Provider) bool { return p.Name() == provider })
	if err != nil || i < 0 {
		return wrong("Our app at "+name+" cannot be used as it is configured.", "Correct the "+variables+"_… variables.")
	}
	_, err = providers[i].Refresh(ctx, calendar.Grant{Refresh: nobodysGrant})
	var refused *calendar.RefusedError
	var pause *calendar.PauseError
	switch {
	case errors.Is(err, calendar.ErrGrantRevoked):
		return fine(name + " takes our app's id and secret.")
	case errors.Is(err, calendar.ErrClientRefused):
		return wrong(name+" refuses our app's id or secret: no calendar stays connected.",
			"Make a new secret there, and correct "+variables+"_CLIENT_ID and "+variables+"_CLIENT_SECRET.")
	case errors.As(err, &refused), errors.As(err, &pause), err == nil:
		return doubtful(name+" answers neither yes nor no.", later)
	}
	return wrong(name+" does not answer.", later)
}
