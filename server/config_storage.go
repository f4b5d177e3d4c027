package server

// KeepsFilesIn says where files are kept.
func (c Config) KeepsFilesIn() FileStorage {
	switch {
	case c.SupabaseBucket != "":
		return InSupabase
	case c.S3Bucket != "":
		return InS3
	default:
		return InDirectory
	}
}

// FileStorage is one of the places where files can be kept.
type FileStorage string

// The places.
const (
	InSupabase  FileStorage = "supabase"
	InS3        FileStorage = "s3"
	InDirectory FileStorage = "directory"
)

// validateStorage wants one place, with everything that it needs: a recording must not end up where nobody looks for it.
func (c *Config) validateStorage(complain complainer) {
	s3 := c.S3Endpoint != "" || c.S3Bucket != "" || c.S3AccessKey != "" || c.S3SecretKey != ""
	if c.SupabaseBucket != "" && s3 {
		complain("SUPABASE_STORAGE_BUCKET and S3_… are both set: recordings are kept in one place, remove the other.")
		return
	}
	if c.SupabaseBucket != "" && (c.SupabaseURL == "" || c.SupabaseKey == "") {
		complain("SUPABASE_STORAGE_BUCKET needs SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY: the key opens the bucket.")
	}
	if !s3 {
		return
	}
	for name, value := range map[string]string{
		"S3_BUCKET": c.S3Bucket, "S3_ACCESS_KEY_ID": c.S3AccessKey, "S3_SECRET_ACCESS_KEY": string(c.S3SecretKey), "S3_REGION": c.S3Region,
	} {
		if value == "" {
			complain("%s is not set: a bucket needs S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.", name)
		}
	}
	c.validateURL(complain, "S3_ENDPOINT", c.S3Endpoint, "the bucket's service, as in https://s3.eu-central-1.amazonaws.com")
}
