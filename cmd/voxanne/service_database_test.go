package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/server"
)

func TestNoProcessServesClinicsAsTheOwner(t *testing.T) {
	t.Parallel()
	data := dbtest.New(t)
	environ := map[string]string{
		"VOXANNE_ENV": "production", "DATABASE_URL": data.OwnerURL, "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl",
		"VAPI_WEBHOOK_SECRET": "test-secret-webhook", "CREDENTIALS_KEY": strings.Repeat("7e57", 16), "VAPI_PRIVATE_KEY": "test-secret-vapi",
		"BACKEND_URL": "https://api.clinic.example", "DRAIN_SECONDS": "0", "STORAGE_DIR": t.TempDir(), "PORT": freePort(t),
	}
	for _, command := range []string{"serve", "work"} {
		said := &output{}
		require.Equal(t, statusFault, run(t.Context(), process{out: said, err: said, environ: environ}, []string{command}))
		require.Contains(t, said.String(), errOwner.Error())
		require.NotContains(t, said.String(), "test-secret")
	}
	cfg, err := server.LoadConfig(environ)
	require.NoError(t, err)
	for _, change := range []func(*server.Config){
		func(c *server.Config) { c.DatabaseURL = server.Secret(data.LoginURL) },
		func(c *server.Config) { c.Env = server.Dev }, // the development instance brings its own roles
	} {
		tried := cfg
		change(&tried)
		opened, err := openService(context.Background(), tried, nil)
		require.NoError(t, err)
		opened.Close()
	}
}
