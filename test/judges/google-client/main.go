// Asks twice for a token, as a long update does: by the library, and in the way, in which the engine (gocloud.dev/gcp)
// and the Google provider (google-beta/transport/config.go) come by theirs. Prints one a line.
package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/oauth2/google"
)

func main() {
	source, err := google.DefaultTokenSource(context.Background(), "https://www.googleapis.com/auth/cloud-platform")
	for range 2 {
		if err != nil {
			break
		}
		token, failed := source.Token()
		if err = failed; err == nil {
			fmt.Println(token.AccessToken)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
