{{/* What is submitted, as the command line of `mlip submit`. */}}
{{- define "mlip.submitArguments" -}}
- submit
- {{ ternary "/run/mlip/config/run.yaml" .Values.run.recipe (ne .Values.run.config "") }}
- --run={{ .Values.run.name }}
- --out={{ include "mlip.out" . }}
- --workers={{ .Values.workers.minimum }}
- --min-workers={{ .Values.workers.minimum }}
- --max-workers={{ .Values.workers.maximum }}
- --rejoin-timeout={{ .Values.run.rejoinTimeoutSeconds }}
- {{ printf "--data=%s" .Values.run.data | quote }}
{{- if .Values.run.resume }}
- --resume
{{- end }}
{{- if .Values.run.steps }}
- --steps={{ int64 .Values.run.steps }}
{{- end }}
- --set=timeouts.joinMs={{ mul 1000 .Values.run.rejoinTimeoutSeconds }}
- --set=timeouts.reconnectMs={{ mul 1000 .Values.run.rejoinTimeoutSeconds }}
# Of the grace period some seconds are for ending the process.
- --set=elastic.graceMs={{ mul 1000 (sub (int .Values.workers.terminationGracePeriodSeconds) 3) }}
{{- range $key, $value := .Values.run.set }}
- {{ printf "--set=%s=%s" $key (ternary $value (toJson $value) (kindIs "string" $value)) | quote }}
{{- end }}
{{- include "mlip.storeArguments" . }}
{{- end -}}
