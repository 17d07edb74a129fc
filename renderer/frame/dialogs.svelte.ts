/** The frame's own dialogs: any screen may open them. */
class Dialogs {
  shortcuts = $state(false);
  settings = $state(false);

  showShortcuts = (): void => {
    this.shortcuts = true;
  };

  showSettings = (): void => {
    this.settings = true;
  };
}

export const dialogs = new Dialogs();
