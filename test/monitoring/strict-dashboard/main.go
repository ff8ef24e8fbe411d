// Reads a Grafana dashboard as strictly as Grafana's own types allow: what they do not know, or miss, is an error.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	text, err := io.ReadAll(os.Stdin)
	fail(err)
	var read dashboard.Dashboard
	fail(read.UnmarshalJSONStrict(text))
	fail(read.Validate())
}

// A list of no errors is none.
func fail(err error) {
	var list cog.BuildErrors
	if err == nil || errors.As(err, &list) && len(list) == 0 {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
