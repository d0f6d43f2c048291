/**
 * Text of a pod's command, arguments or variables that stays as it is: Kubernetes would put a variable's value for
 * `$(NAME)`, and one dollar sign for two.
 */
export const podText = (text: string): string => text.replaceAll(/\$(?=[$(])/g, "$$$$");
