{{/* Who may reach a part of the release: pods of the release by their component. */}}
{{- define "mlip.from" -}}
from:
  - podSelector:
      matchLabels: {{- include "mlip.selector" .root | nindent 8 }}
      matchExpressions:
        - { key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .components }}] }
{{- end -}}
{{- define "mlip.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "mlip.fullname" .root }}-{{ .component }}
  labels: {{- include "mlip.labels" (dict "root" .root "component" .component) | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "mlip.podLabels" (dict "root" .root "component" .component) | nindent 6 }}
  policyTypes: [Ingress]
{{- end -}}
