package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

// By how much clocks may differ. Tokens are refused beyond 30 s, signatures of webhooks beyond five minutes.
const (
	noticeable = 2 * time.Second
	harmful    = 30 * time.Second
)

func (d doctor) databaseClock(ctx context.Context) verdict {
	return at(ctx, d.either(), notAsked("database.login"), func(q *db.Queries) (verdict, error) {
		before := d.Now()
		backend, err := q.GetBackend(ctx)
		if err != nil {
			return verdict{}, err
		}
		return judgeClock("the database's", before, d.Now(), backend.At), nil
	})
}

// providerClock reads the Date of any answer of Vapi's, whose signatures hold the time.
func (d doctor) providerClock(ctx context.Context) verdict {
	if d.Config.VapiPrivateKey == "" {
		return unused("Not asked: VAPI_PRIVATE_KEY is not set.")
	}
	before := d.Now()
	_, header, err := d.get(ctx, d.Config.VapiBaseURL)
	if err != nil {
		return doubtful("Not known: Vapi could not be asked.", "See vapi.private_key.")
	}
	told, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return doubtful("Not known: Vapi's answer has no date.", "Compare this machine's clock with another one.")
	}
	return judgeClock("Vapi's", before, d.Now().Add(time.Second), told.Add(time.Second)) // the date is cut to a second
}

// judgeClock compares another clock with ours, which it was read between before and after of.
func judgeClock(whose string, before, after, told time.Time) verdict {
	var off time.Duration
	switch {
	case told.Before(before):
		off = before.Sub(told)
	case told.After(after):
		off = told.Sub(after)
	}
	said := fmt.Sprintf("This machine's clock and %s differ by %s.", whose, off.Round(time.Second))
	const remedy = "Let both machines take the time from the network (NTP)."
	switch {
	case off >= harmful:
		return wrong(said, remedy)
	case off >= noticeable:
		return doubtful(said, remedy)
	}
	return fine("This machine's clock and " + whose + " agree.")
}

// maxAnswer is the most that is read of an answer, in bytes.
const maxAnswer = 4 << 10

// get reads an address without any credentials; a redirect is an answer. The error is not for showing.
func (d doctor) get(ctx context.Context, address string) (body string, header http.Header, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", nil, err
	}
	client := *d.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return fmt.Sprintf("%d %s", resp.StatusCode, text), resp.Header, err
}
