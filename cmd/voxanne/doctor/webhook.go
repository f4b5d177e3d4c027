package doctor

import (
	"context"
	"strings"
)

// alive asks our server at the address that Vapi is given. It is asked from here: whether Vapi's network gets there too is told
// only by a call.
func (d doctor) alive(ctx context.Context) verdict {
	return d.probe(ctx, "/healthz", "Start `voxanne serve`, or correct BACKEND_URL and what forwards it to the server.")
}

// ready asks whether it can serve, which needs its database.
func (d doctor) ready(ctx context.Context) verdict {
	return d.probe(ctx, "/readyz", "See webhook.alive, the database's checks and the log of `voxanne serve`.")
}

// probe: any 200 would do for a stranger's page as well, so the words of ours are wanted.
func (d doctor) probe(ctx context.Context, path, remedy string) verdict {
	if d.Config.BackendURL == "" {
		return wrong("Not asked: BACKEND_URL is not set.", "Give the address under which Vapi reaches this server.")
	}
	body, _, err := d.get(ctx, d.Config.BackendURL+path)
	switch {
	case err != nil:
		return wrong("Nobody answers at BACKEND_URL"+path+".", remedy)
	case strings.HasPrefix(body, "503 "):
		return wrong("The server at BACKEND_URL"+path+" says that it cannot serve.", remedy)
	case !strings.HasPrefix(body, "200 ") || !strings.Contains(body, `"status":"ok"`):
		return wrong("What answers at BACKEND_URL"+path+" is not this program.", remedy)
	case d.OwnBackend:
		return unused("The server answers at BACKEND_URL" + path + ", which only this machine reaches.")
	}
	return fine("The server answers at BACKEND_URL" + path + ".")
}
