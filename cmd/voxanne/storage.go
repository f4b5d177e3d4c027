package main

import (
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/recorder"
	"github.com/voxanne-ai/voxanne/providers/download"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
)

// newStorage opens the place where cfg keeps files.
func newStorage(cfg server.Config) (storage.Store, error) {
	switch cfg.KeepsFilesIn() {
	case server.InSupabase:
		return storage.NewSupabase(storage.SupabaseOptions{
			URL: cfg.SupabaseURL, ServiceKey: string(cfg.SupabaseKey), Bucket: cfg.SupabaseBucket,
		})
	case server.InS3:
		return storage.NewS3(storage.S3Options{
			Endpoint: cfg.S3Endpoint, Region: cfg.S3Region, Bucket: cfg.S3Bucket, AccessKey: cfg.S3AccessKey, SecretKey: string(cfg.S3SecretKey),
		})
	default:
		return storage.NewDirectory(cfg.StorageDir)
	}
}

// newRecorder puts together what keeps the recordings of cfg.
func newRecorder(cfg server.Config, opened *db.DB, client *vapi.Client, to observed) (*recorder.Recorder, error) {
	store, err := newStorage(cfg)
	if err != nil {
		return nil, err
	}
	return recorder.New(recorder.Options{
		// In development Vapi may be played on this machine, and its recordings with it.
		DB: opened, Store: store, Source: client, Download: download.New(cfg.Env == server.Dev), Log: to.log,
	})
}
