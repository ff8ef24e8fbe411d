{{/* What all pods have in common. None may do anything in the cluster, as root, or outside its volumes. */}}
{{- define "mlip.podBasics" -}}
serviceAccountName: {{ include "mlip.serviceAccountName" . }}
automountServiceAccountToken: false
# A Service called mlip would become MLIP_SERVICE_HOST and so on, which look like keys of the configuration.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .Values.podSecurity.user }}
  runAsGroup: {{ .Values.podSecurity.group }}
  fsGroup: {{ .Values.podSecurity.fsGroup }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "mlip.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Where a pod runs, from the values of its part. */}}
{{- define "mlip.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* (dict "root" $ "role" "worker"); the role whose certificate is shown. */}}
{{- define "mlip.env" -}}
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- { name: HOME, value: /tmp }
- { name: MLIP_CACHE_DIR, value: /tmp/mlip }
- { name: MLIP_LOG, value: json }
{{- if .root.Values.tls.enabled }}
- { name: MLIP_TLS_CA, value: /run/mlip/tls/ca.crt }
- { name: MLIP_TLS_CERT, value: /run/mlip/tls/tls.crt }
- { name: MLIP_TLS_KEY, value: /run/mlip/tls/tls.key }
{{- end }}
{{- if .root.Values.nats.enabled }}
- name: MLIP_NATS_TOKEN
  valueFrom: { secretKeyRef: { name: {{ include "mlip.fullname" .root }}-nats, key: token } }
{{- end }}
{{- with .root.Values.objectStore.endpoint }}
- { name: MLIP_S3_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- end -}}

{{- define "mlip.envFrom" -}}
{{- $secrets := compact (list .Values.nats.external.existingSecret .Values.objectStore.existingSecret) -}}
{{- with $secrets }}
envFrom:
{{- range . }}
  - secretRef: { name: {{ . }} }
{{- end }}
{{- end }}
{{- end -}}

{{- define "mlip.mounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: token, mountPath: /run/mlip/token, readOnly: true }
- { name: shared, mountPath: {{ .Values.storage.mountPath }} }
{{- if .Values.tls.enabled }}
- { name: tls, mountPath: /run/mlip/tls, readOnly: true }
{{- end }}
{{- if .Values.data.existingClaim }}
- { name: data, mountPath: {{ .Values.data.mountPath }}, readOnly: true }
{{- end }}
{{- end -}}

{{/* (dict "root" $ "role" "worker") */}}
{{- define "mlip.volumes" -}}
- name: tmp
  emptyDir: {}
- name: token
  secret: { secretName: {{ include "mlip.tokenSecret" .root }}, defaultMode: 0440, items: [{ key: token, path: token }] }
- name: shared
  persistentVolumeClaim: { claimName: {{ include "mlip.storageClaim" .root }} }
{{- if .root.Values.tls.enabled }}
- name: tls
  secret: { secretName: {{ include "mlip.tlsSecret" . }}, defaultMode: 0440 }
{{- end }}
{{- with .root.Values.data.existingClaim }}
- name: data
  persistentVolumeClaim: { claimName: {{ . }}, readOnly: true }
{{- end }}
{{- end -}}

{{/* Whether the process lives, and is of use, from its port of metrics. */}}
{{- define "mlip.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: metrics }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: metrics }
  periodSeconds: 10
  timeoutSeconds: 5
  # Loading an engine keeps a worker from answering; its coordinator grants it a minute as well.
  failureThreshold: 9
readinessProbe:
  httpGet: { path: /readyz, port: metrics }
  periodSeconds: 5
  timeoutSeconds: 5
{{- end -}}

{{/* Where the runs are kept of which processes tell each other. */}}
{{- define "mlip.storeArguments" -}}
{{- if include "mlip.usesNats" . }}
- --nats={{ include "mlip.natsUrl" . }}
{{- else }}
- --store=/var/lib/mlip/store
{{- end }}
{{- end -}}
