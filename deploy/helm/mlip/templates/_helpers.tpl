{{/* Names, labels and the parts that all pods have. */}}

{{- define "mlip.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mlip.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of an object: (dict "root" $ "component" "worker") */}}
{{- define "mlip.labels" -}}
{{ include "mlip.selector" .root }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Of a pod: without what changes with each release, so that an upgrade which changes no pod restarts none. */}}
{{- define "mlip.podLabels" -}}
{{ include "mlip.selector" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "mlip.coordinatorImage" -}}
{{ .Values.images.coordinator.repository }}:{{ .Values.images.coordinator.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "mlip.workerImage" -}}
{{- $build := ternary "gpu" "cpu" .Values.workers.gpu.enabled -}}
{{ .Values.images.worker.repository }}:{{ .Values.images.worker.tag | default (printf "%s-%s" .Chart.AppVersion $build) }}
{{- end -}}

{{- define "mlip.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "mlip.fullname" .) }}
{{- end -}}

{{- define "mlip.tokenSecret" -}}
{{ .Values.token.existingSecret | default (printf "%s-token" (include "mlip.fullname" .)) }}
{{- end -}}

{{/* (dict "root" $ "role" "worker") */}}
{{- define "mlip.tlsSecret" -}}
{{- $tls := .root.Values.tls -}}
{{- if $tls.certManager.enabled -}}
{{ include "mlip.fullname" .root }}-{{ .role }}-tls
{{- else -}}
{{ get $tls (printf "%sSecret" .role) }}
{{- end -}}
{{- end -}}

{{- define "mlip.usesNats" -}}
{{- if or .Values.nats.enabled .Values.nats.external.url }}yes{{ end -}}
{{- end -}}

{{- define "mlip.natsUrl" -}}
{{ .Values.nats.external.url | default (printf "%s-nats:4222" (include "mlip.fullname" .)) }}
{{- end -}}

{{- define "mlip.storageClaim" -}}
{{ .Values.storage.existingClaim | default (printf "%s-shared" (include "mlip.fullname" .)) }}
{{- end -}}

{{- define "mlip.out" -}}
{{ .Values.storage.outPath }}/{{ .Values.run.name }}
{{- end -}}

{{- define "mlip.submitted" -}}
{{- if or .Values.run.recipe .Values.run.config }}yes{{ end -}}
{{- end -}}

{{/* With Kueue only the minimum is admitted as one. */}}
{{- define "mlip.gang" -}}
{{- ternary .Values.workers.minimum .Values.workers.count .Values.workers.kueue.enabled -}}
{{- end -}}
