import java.util.List;

import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.plugins.Plugin;

/** Lets an index name its lifecycle policy, as the module that is not to be had as a library does. */
public class LifecycleSettings extends Plugin {
    @Override
    public List<Setting<?>> getSettings() {
        return List.of(org.elasticsearch.xpack.core.ilm.LifecycleSettings.LIFECYCLE_NAME_SETTING);
    }
}
